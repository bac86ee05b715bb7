"""One module per data set: how its labels become face records."""
