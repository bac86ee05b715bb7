"""Measurements that print JSON: `python -m benchmarks.NAME`. Ratios of two sides of one run; machines are noisy."""
