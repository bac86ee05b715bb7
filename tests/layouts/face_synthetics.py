"""FaceSynthetics: image, points and segments of each face in one folder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from facepoints.schemes.library import load
from tests.layouts.drawn import Drawn, as_scheme


def write(root: Path, drawn: Sequence[Drawn]) -> None:
    """The faces, numbered from 0."""
    scheme = load("synthetics70")
    for index, face in enumerate(drawn):
        name = f"{index:06}"
        face.save(root / f"{name}.png")
        Drawn(np.zeros_like(face.image), face.points).save(root / f"{name}_seg.png")
        points = as_scheme(face.points, scheme)
        lines = "".join(f"{x:.6f} {y:.6f}\n" for x, y in points)
        (root / f"{name}_ldmks.txt").write_text(lines)
