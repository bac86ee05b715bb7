"""Metrics, intervals and pictures of a trained cell on a test split."""
