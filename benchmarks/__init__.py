"""Measurements that print JSON: `python -m benchmarks.NAME`. Ratios of two sides of one run; machines are noisy."""

import sys
from pathlib import Path

# This tree's own code is what is measured, also where another one is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
