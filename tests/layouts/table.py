"""Own data as a CSV table with every optional column."""

import csv
from collections.abc import Sequence
from pathlib import Path

from tests.layouts.drawn import Drawn
from tests.layouts.own import write_scheme

FACES_PER_SUBJECT = 3


def write(root: Path, drawn: Sequence[Drawn]) -> None:
    """Write photos/, faces.csv and the scheme; every third subject is tested on."""
    write_scheme(root)
    points = range(len(drawn[0].points))
    names = [f"{axis}{index}" for index in points for axis in "xy"]
    box = ["box_x0", "box_y0", "box_x1", "box_y1"]
    visible = [f"visible{index}" for index in points]
    with (root / "faces.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", *names, *visible, *box, "subject", "split"])
        for index, face in enumerate(drawn):
            image, subject = f"photos/{index:04}.jpg", index // FACES_PER_SUBJECT
            face.save(root / image)
            corners = [*(face.points.min(axis=0) - 1), *(face.points.max(axis=0) + 1)]
            numbers = [f"{number:.4f}" for number in face.points.ravel()]
            split = "train" if subject % 3 else "test"
            writer.writerow([image, *numbers, *(1 for _ in points), *corners, f"s{subject}", split])
