"""Landmark schemes: how many points, what they are called, how a mirror swaps them."""
