"""A scheme file of one's own, as the writers of own formats put it beside the labels."""

from pathlib import Path

SCHEME = "own.yaml"


def write_scheme(root: Path, points: int = 68) -> None:
    """Write the smallest scheme file: a name and the number of points."""
    root.mkdir(parents=True, exist_ok=True)
    (root / SCHEME).write_text(f"name: own\npoints: {points}\n")
