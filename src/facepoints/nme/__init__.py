"""Point errors per face and what they are divided by."""
