"""MUCT: `jpg/` and one table, in which mirrored images have rows but no files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from facepoints.schemes.library import load
from tests.layouts.drawn import Drawn, as_scheme

CAMERAS = "abc"  # photos of a person


def write(root: Path, drawn: Sequence[Drawn]) -> None:
    """Three photos per person, each by another camera. The last point of camera c's photos is not labelled."""
    scheme = load("muct76")
    header = ",".join(f"x{index:02},y{index:02}" for index in range(scheme.points))
    plain, mirrored = [], []
    for index, face in enumerate(drawn):
        person, camera = divmod(index, len(CAMERAS))
        name = f"{person:03}q{CAMERAS[camera]}-fn"
        face.save(root / "jpg" / f"i{name}.jpg")
        points = np.rint(as_scheme(face.points, scheme))
        flipped = points[list(scheme.mirror)] * [-1, 1] + [face.image.shape[1] - 1, 0]
        if camera == 2:
            points[-1] = 0
            flipped[scheme.mirror[-1]] = 0
        for rows, start, labels in ((plain, "i", points), (mirrored, "ir", flipped)):
            rows.append(",".join([start + name, "0", *(f"{number:g}" for number in labels.flat)]))
    table = root / "muct-landmarks" / "muct76-opencv.csv"
    table.parent.mkdir(parents=True)
    table.write_text("\n".join([f"name,tag,{header}", *plain, *mirrored]) + "\n")
