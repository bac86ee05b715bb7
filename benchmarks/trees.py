"""dlib's regression trees (Kazemi and Sullivan, One Millisecond Face Alignment, 2014) on faces of the crop store.

dlib is no dependency of facepoints; requirements-peers.txt brings it.
"""

import hashlib
import importlib
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from benchmarks import boxes
from facepoints import FacepointsError, cores
from facepoints.files import replace
from facepoints.store.crops import Crops, decode_crop

# dlib takes and gives whole pixels: in crops twice as large their rounding is a quarter of a stored pixel at most.
ENLARGE = 2
# dlib's mark of a point that has no label (OBJECT_PART_NOT_PRESENT), both as x and y.
ABSENT = 0x7FFFFFFFFFFFF


@dataclass(frozen=True)
class TreeSettings:
    """dlib's own names and its default values, a jitter besides; what is not named keeps dlib's value."""

    oversampling_translation_jitter: float = 0.0
    tree_depth: int = 4
    nu: float = 0.1
    cascade_depth: int = 10
    num_trees_per_cascade_level: int = 500
    oversampling_amount: int = 20
    random_seed: str = "facepoints"


def library() -> Any:
    """The dlib package.

    Raises:
        FacepointsError: it is not installed.
    """
    try:
        return importlib.import_module("dlib")
    except ImportError as error:
        raise FacepointsError(
            f"dlib cannot be loaded ({error}). Install it: pip install -r requirements-peers.txt"
        ) from error


def images(store: Crops) -> list[NDArray[np.uint8]]:
    """The stored crops as grey images, enlarged."""
    grey = (cv2.cvtColor(decode_crop(crop), cv2.COLOR_RGB2GRAY) for crop in store.crop)
    return [
        np.asarray(cv2.resize(each, None, fx=ENLARGE, fy=ENLARGE), dtype=np.uint8) for each in grey
    ]


def key(store: Crops, settings: TreeSettings, version: str) -> str:
    """A hash of all that shapes a predictor: the faces, the settings and dlib's version."""
    # Sums over several threads round in their own order.
    about = [version, asdict(settings), cores(), ENLARGE, store.face]
    digest = hashlib.sha256(json.dumps(about).encode())
    for crop in store.crop:
        digest.update(crop)
    digest.update(store.landmarks.tobytes() + store.labelled.tobytes())
    return digest.hexdigest()[:32]


def train(store: Crops, settings: TreeSettings) -> Any:
    """A predictor that learned from all faces of `store`; their views are its boxes."""
    dlib = library()
    options = dlib.shape_predictor_training_options()
    for name, setting in asdict(settings).items():
        setattr(options, name, setting)
    options.num_threads = cores()
    crop = store.settings
    # The mean over pixels of an enlarged view is that of the view: u = (x + ½) / side in both.
    scaled = (store.landmarks + 0.5 + crop.margin_pixels) * ENLARGE - 0.5
    # Whole numbers first: float32 cannot hold the mark.
    places = np.where(store.labelled[..., None], np.rint(scaled).astype(np.int64), ABSENT)
    squares = _rectangles(boxes.exact(len(places)), store)
    labels = [
        [dlib.full_object_detection(square, [dlib.point(x, y) for x, y in face.tolist()])]
        for square, face in zip(squares, places, strict=True)
    ]
    return dlib.train_shape_predictor(images(store), labels, options)


def trained(store: Crops, settings: TreeSettings, folder: Path) -> tuple[Any, float]:
    """The predictor of `train` and the seconds that its training took, now or when it was put into `folder`."""
    path = folder / f"{key(store, settings, library().__version__)}.dat"
    record = path.with_suffix(".json")
    if not path.is_file():
        print(
            f"dlib learns from {len(store.face)} faces with a jitter of {settings.oversampling_translation_jitter} "
            f"on all {cores()} cores; 2,000 faces take about 13 minutes on two. Only a kill interrupts it.",
            file=sys.stderr,
            flush=True,
        )
        start = time.perf_counter()
        predictor = train(store, settings)
        seconds = round(time.perf_counter() - start, 1)
        replace(record, json.dumps({"seconds": seconds, **asdict(settings)}) + "\n")
        partial = path.with_suffix(".partial")
        predictor.save(str(partial))
        partial.replace(path)
    return library().shape_predictor(str(path)), float(json.loads(record.read_text())["seconds"])


def predict(
    predictor: Any, pictures: list[NDArray[np.uint8]], store: Crops, squares: Tensor
) -> NDArray[np.float32]:
    """Points (N, K, 2), view units, of the faces in `squares` (N, 3).

    Args:
        pictures: `images` of the store.
    """
    crop = store.settings
    found = [
        [(point.x, point.y) for point in predictor(picture, rectangle).parts()]
        for picture, rectangle in zip(pictures, _rectangles(squares, store), strict=True)
    ]
    places = (np.array(found, dtype=np.float64) + 0.5) / ENLARGE - crop.margin_pixels
    return (places / crop.side).astype(np.float32)


def _rectangles(squares: Tensor, store: Crops) -> list[Any]:
    crop = store.settings
    sides = boxes.pixels(squares, ENLARGE * crop.side, ENLARGE * crop.margin_pixels)
    return [library().rectangle(*face) for face in sides.tolist()]
