"""COFW-68: photos in one MATLAB 7.3 file (HDF5), points and boxes in older MATLAB files."""

from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import h5py
import numpy as np
import scipy.io

from tests.layouts.drawn import Drawn

OFFICIAL = 507
HIDDEN = range(17)  # points that are said to be hidden


def write(root: Path, drawn: Sequence[Drawn], official: bool = False) -> None:
    """The faces, numbered from 1, the last one grey; `official`: 507 of them, the same over and over."""
    faces = list(islice(cycle(drawn), OFFICIAL)) if official else list(drawn)
    data = root / "cofw68-benchmark-master" / "COFW68_Data"
    (data / "test_annotations").mkdir(parents=True)
    (root / "COFW_color").mkdir()
    boxes = np.ones((OFFICIAL, 4))
    occluded = np.isin(np.arange(68), HIDDEN)
    for number, face in enumerate(faces, 1):
        points = face.points.astype(np.float64) + 1
        corner = points.min(axis=0)
        boxes[number - 1] = [*corner, *(points.max(axis=0) - corner)]
        labels = {"Points": points, "Occ": occluded.astype(np.uint8)[:, None]}
        scipy.io.savemat(data / "test_annotations" / f"{number}_points.mat", labels)
    scipy.io.savemat(data / "cofw68_test_bboxes.mat", {"bboxes": boxes})
    with h5py.File(root / "COFW_color" / "COFW_test_color.mat", "w") as file:
        cells = file.create_dataset("IsT", (1, len(faces)), h5py.ref_dtype)
        for index, face in enumerate(faces):
            photo = face.image if index < len(faces) - 1 else face.image[..., 0]
            cells[0, index] = file.create_dataset(f"#refs#/{index}", data=photo.T).ref
