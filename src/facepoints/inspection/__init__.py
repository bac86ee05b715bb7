"""Looking for faults in a whole set before anything learns from it."""
