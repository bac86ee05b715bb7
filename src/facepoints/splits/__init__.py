"""Train, validation and test, grouped by person or photo."""
