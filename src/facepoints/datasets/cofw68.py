"""COFW-68: the 507 test faces of COFW, many of them partly hidden, with iBUG's 68 points.

X. P. Burgos-Artizzu, P. Perona, P. Dollár, ICCV 2013 (photos, CC BY 4.0); G. Ghiasi, C. Fowlkes, arXiv 1506.08347,
2015 (points and boxes). All of it lies in MATLAB files, which count pixels from 1.
"""

from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import scipy.io
from scipy.io.matlab import MatReadError

from facepoints import FacepointsError
from facepoints.datasets.face import HIDDEN, SEEN, Face, Listed
from facepoints.datasets.image import UnreadableImageError

POINTS = 68
TEST_FACES = 507
PHOTOS = "COFW_test_color.mat"  # version 7.3, which is HDF5
BOXES = "cofw68_test_bboxes.mat"
LABELS = "_points.mat"


class Cofw68:
    """The set in its official layout: the file of photos, and the files of points in `test_annotations/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def faces(self) -> Listed:
        """Every face in the order of its number; all are for testing, if none is missing.

        Raises:
            FacepointsError: no file of points, or wrong boxes; when a face is read: its points are wrong.
        """
        paths = {
            int(path.name.removesuffix(LABELS)): path
            for path in self.root.rglob(f"test_annotations/*{LABELS}")
        }
        if not paths:
            raise FacepointsError(f"{self.root}: no file test_annotations/NUMBER{LABELS} here.")
        found = next(self.root.rglob(BOXES), None)
        boxes = None if found is None else _matrix(found, "bboxes", (TEST_FACES, 4))
        return Listed(sorted(paths.items()), partial(_face, boxes, len(paths) == TEST_FACES))

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; some photos are grey."""
        name, number = face.image.rsplit("/", 1)
        path = next(self.root.rglob(name), self.root / name)
        try:
            with h5py.File(path) as file:
                photos = file["IsT"][()].ravel()
                photo = file[photos[int(number) - 1]][()]
        except (OSError, KeyError, IndexError) as error:
            raise UnreadableImageError(
                f"{path}: photo {number} cannot be read ({error})."
            ) from error
        # HDF5 tells the axes of a MATLAB array last first.
        pixels = np.asarray(photo.T, np.uint8)
        if pixels.ndim == 2:
            pixels = np.repeat(pixels[..., None], 3, axis=2)
        return np.ascontiguousarray(pixels)


def _face(boxes: npt.NDArray[np.float32] | None, whole: bool, entry: tuple[int, Path]) -> Face:
    number, path = entry
    landmarks = _matrix(path, "Points", (POINTS, 2)) - np.float32(1)
    hidden = _matrix(path, "Occ", None).ravel() != 0
    if len(hidden) != POINTS:
        raise FacepointsError(f"{path}: Occ: expected {POINTS} flags; found {len(hidden)}.")
    box = None
    if boxes is not None:
        left, top, width, height = boxes[number - 1] - np.array([1, 1, 0, 0], np.float32)
        box = np.array([left, top, left + width, top + height], np.float32)
    return Face(
        image=f"{PHOTOS}/{number}",
        landmarks=landmarks,
        labelled=np.ones(POINTS, np.bool_),
        occlusion=np.where(hidden, HIDDEN, SEEN).astype(np.int8),
        box=box,
        group=str(number),
        split="test" if whole else None,
        subsets=(),
    )


def _matrix(path: Path, key: str, shape: tuple[int, int] | None) -> npt.NDArray[np.float32]:
    """A matrix of a MATLAB file (up to version 7.2).

    Raises:
        FacepointsError: the file cannot be read or has no finite matrix of that name and shape.
    """
    try:
        content: dict[str, Any] = scipy.io.loadmat(path)
    # What scipy raises: NotImplementedError for a file of version 7.3, the others for one that is cut or damaged.
    except (OSError, ValueError, NotImplementedError, TypeError, MatReadError) as error:
        raise FacepointsError(f"{path}: no MATLAB file that can be read: {error}") from error
    if key not in content:
        raise FacepointsError(f"{path}: expected a matrix {key}; there is none.")
    matrix = np.asarray(content[key])
    if shape is not None and matrix.shape != shape:
        raise FacepointsError(f"{path}: {key}: expected a matrix of {shape}; found {matrix.shape}.")
    numbers = matrix.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise FacepointsError(f"{path}: {key}: expected finite numbers.")
    return numbers
