"""Batched transforms of images and landmarks together, on the training device."""
