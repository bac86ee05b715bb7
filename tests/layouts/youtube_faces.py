"""Udacity's part of YouTube Faces: `training/`, `test/` and a table for each, with Windows line ends."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.layouts.drawn import Drawn

FRAMES = 3  # of a person
HEADER = "," + ",".join(map(str, range(136)))


def write(root: Path, drawn: Sequence[Drawn]) -> None:
    """Three frames per person, two of them for training and one for testing."""
    tables: dict[str, list[str]] = {"training": [HEADER], "test": [HEADER]}
    for index, face in enumerate(drawn):
        person, frame = divmod(index, FRAMES)
        part = "test" if frame == 2 else "training"
        letters = chr(65 + person // 26 % 26) + chr(97 + person % 26) + "x" * (person // 26**2)
        name = f"Ann_Smith-{letters}_{frame}1.jpg"
        face.save(root / part / name)
        numbers = np.rint(face.points).flat
        tables[part].append(",".join([name, *(f"{number:.1f}" for number in numbers)]))
    for part, lines in tables.items():
        text = "".join(line + "\r\n" for line in lines)
        (root / f"{part}_frames_keypoints.csv").write_bytes(text.encode())
