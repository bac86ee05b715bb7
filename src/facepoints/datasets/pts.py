"""Own data: one .pts file of points (iBUG's format) beside each photo."""

import itertools
import re
from collections import defaultdict
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.face import UNKNOWN, Face, Listed
from facepoints.datasets.folder import PHOTOS, files
from facepoints.datasets.image import read_image
from facepoints.datasets.numbers import finite
from facepoints.datasets.options import PtsOptions
from facepoints.schemes.scheme import Scheme


class Pts:
    """A folder, with its subfolders, of photos and .pts files of the same names."""

    def __init__(self, root: Path, scheme: Scheme, options: PtsOptions) -> None:
        self.root = root
        self.points = scheme.points
        self.options = options

    def faces(self) -> Listed:
        """Every face, sorted by path; photos without a .pts file are left out, and their number printed.

        Raises:
            FacepointsError: no .pts file, or one without exactly one photo; when a face is read: its
                file of points is wrong.
        """
        images = defaultdict(list)
        for name in files(self.root, PHOTOS):
            images[_without_suffix(name)].append(name)
        labels = files(self.root, (".pts",))
        if not labels:
            raise FacepointsError(
                f"{self.root}: no .pts file there or below. Put one beside each photo."
            )
        entries = [(self._image(name, images[_without_suffix(name)]), name) for name in labels]
        unlabelled = sum(map(len, images.values())) - len(entries)
        if unlabelled:
            print(f"{self.root}: {unlabelled} photos without a .pts file are left out.")
        return Listed(entries, self._face)

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8."""
        return read_image(self.root / face.image, self.options.exif)

    def _image(self, labels: str, images: list[str]) -> str:
        if len(images) != 1:
            raise FacepointsError(
                f"{self.root / labels}: expected one photo of the same name beside it "
                f"({', '.join(PHOTOS)}); found {', '.join(images) or 'none'}."
            )
        return images[0]

    def _face(self, entry: tuple[str, str]) -> Face:
        image, labels = entry
        return Face(
            image=image,
            landmarks=read_pts(self.root / labels, self.points, self.options.first_pixel),
            labelled=np.ones(self.points, np.bool_),
            occlusion=np.full(self.points, UNKNOWN, np.int8),
            box=None,
            group=image,
            split=None,
            subsets=(),
        )


def read_pts(path: Path, points: int, first_pixel: float = 1) -> npt.NDArray[np.float32]:
    """(points, 2) float32 pixels, 0 the first, from a .pts file that calls it `first_pixel`.

    Raises:
        FacepointsError: the file cannot be read, or does not hold so many finite points.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FacepointsError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise FacepointsError(f"{path}: no text file: {error}.") from error
    body = re.fullmatch(r"[^{}]*\{([^{}]*)\}\s*", text)
    if body is None:
        raise FacepointsError(f"{path}: expected points between one pair of braces {{ }}.")
    lines = [line for line in map(str.split, body[1].splitlines()) if line]
    if len(lines) != points or set(map(len, lines)) != {2}:
        raise FacepointsError(
            f"{path}: expected {points} lines of x and y; found {len(lines)} lines "
            f"with {sum(map(len, lines))} numbers. Correct the file, or the set's scheme."
        )
    words = itertools.chain.from_iterable(lines)
    return finite(words, str(path)).reshape(points, 2) - np.float32(first_pixel)


def _without_suffix(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))
