"""Drawn sets of any size in every set's official layout."""

import os
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from types import ModuleType

from facepoints.datasets.face import FaceSet
from facepoints.datasets.library import open_set
from facepoints.datasets.settings import SCHEMES
from facepoints.schemes.library import load
from facepoints.schemes.scheme import Scheme
from tests.layouts import (
    coco,
    cofw68,
    dlib,
    face_synthetics,
    muct,
    pts,
    table,
    w300,
    wflw,
    youtube_faces,
)
from tests.layouts.drawn import Drawn, faces
from tests.layouts.own import SCHEME

# How each set is written, and the side of a drawn face's picture, pixels: about that of the set's own photos
# (WFLW's layout puts three beside each other).
LAYOUTS: dict[str, tuple[ModuleType, int]] = {
    "muct": (muct, 560),
    "w300": (w300, 512),
    "wflw": (wflw, 512),
    "youtube_faces": (youtube_faces, 224),
    "face_synthetics": (face_synthetics, 512),
    "cofw68": (cofw68, 384),
    "csv": (table, 512),
    "pts": (pts, 512),
    "coco": (coco, 512),
    "dlib": (dlib, 512),
}
DISTINCT = 60  # drawn faces; copies of them make up a set


@dataclass(frozen=True, eq=False)
class Linked(Drawn):
    """A drawn face that is encoded once per kind of file; further files are hard links to the first."""

    written: dict[str, Path] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write the photo, or link to where it is written."""
        if path.suffix in self.written:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(self.written[path.suffix], path)
            return
        super().save(path)
        self.written[path.suffix] = path


def write(format: str, folder: Path, count: int) -> None:
    """Write `count` drawn faces in the layout of `format`; COFW-68 never has more than 507."""
    layout, side = LAYOUTS[format]
    count = min(count, cofw68.OFFICIAL) if layout is cofw68 else count
    distinct = [Linked(drawn.image, drawn.points) for drawn in faces(min(count, DISTINCT), side)]
    layout.write(folder, list(islice(cycle(distinct), count)))


def opened(format: str, folder: Path) -> tuple[FaceSet, Scheme]:
    """The set in `folder`, with the scheme of its points."""
    names = SCHEMES[format]
    scheme = load(names[0]) if names else load(SCHEME, folder)
    return open_set(format, folder, scheme, {}), scheme
