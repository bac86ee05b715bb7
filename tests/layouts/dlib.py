"""Own data as dlib's imglab writes it: whole pixels only."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.layouts.drawn import Drawn
from tests.layouts.own import write_scheme


def write(root: Path, drawn: Sequence[Drawn]) -> None:
    """Write photos/, faces.xml and the scheme."""
    write_scheme(root)
    lines = [
        "<?xml version='1.0' encoding='ISO-8859-1'?>",
        "<?xml-stylesheet type='text/xsl' href='image_metadata_stylesheet.xsl'?>",
        "<dataset>",
        "<name>imglab dataset</name>",
        "<comment>Created by imglab tool.</comment>",
        "<images>",
    ]
    for index, face in enumerate(drawn):
        image = f"photos/{index:04}.jpg"
        face.save(root / image)
        points = np.rint(face.points).astype(int)
        (left, top), (width, height) = points.min(axis=0), np.ptp(points, axis=0) + 1
        lines += [
            f"  <image file='{image}'>",
            f"    <box top='{top}' left='{left}' width='{width}' height='{height}'>",
            *(f"      <part name='{i:02}' x='{x}' y='{y}'/>" for i, (x, y) in enumerate(points)),
            "    </box>",
            "  </image>",
        ]
    lines += ["</images>", "</dataset>"]
    (root / "faces.xml").write_text("\n".join(lines))
