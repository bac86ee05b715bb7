"""From a trained cell to a model that runs anywhere."""
