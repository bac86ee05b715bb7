"""The scores of what is handed out: exported models in each precision, and in boxes that a detector draws.

The detector searches the stored crops, which show the face and a margin around it; how a face is cut out by its box
is the same as in a photo. Faces that it misses are counted and left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints.evaluation.points import Matched, match
from facepoints.evaluation.score import errors, per_face, scores
from facepoints.inference.card import POINTS
from facepoints.inference.detection import FaceDetector
from facepoints.inference.export import Run, pixels
from facepoints.inference.fitting import found_boxes
from facepoints.inference.predictor import Predictor
from facepoints.store.crops import Crops, decode_crop
from facepoints.store.faces import decode, photo_points

Floats = NDArray[np.float32]

PART = 256  # faces that are decoded at once
RESAMPLES = 2000  # of the bootstrap behind a card's interval
EXACT = "exact"  # the boxes of training


@dataclass(frozen=True)
class Measure:
    """How predictions are compared with the points of some faces."""

    store: Crops
    matched: Matched
    normaliser: str
    resamples: int

    def of(self, points: Floats, chosen: NDArray[np.int64] | None = None) -> dict[str, Any]:
        """The scores of points (N, K, 2) in view units, of all faces or the chosen ones."""
        store = self.store if chosen is None else self.store.take(chosen)
        truth = photo_points(_in_view(store.landmarks, store), store)
        found = errors(photo_points(points, store), truth, store, self.matched, self.normaliser)
        return scores(per_face(found, store), self.resamples)


def view_points(run: Run, side: int, store: Crops) -> Floats:
    """The landmarks (N, K, 2) of faces in their own views, view units; `run` is `Predictor.run` or the like."""
    parts = (store.take(index) for index in _parts(len(store.face)))
    return np.concatenate([run(pixels(decode(part, side), side))[POINTS] for part in parts])


def validation_nme(run: Run, side: int, store: Crops) -> dict[str, Any]:
    """The error that a card names: on validation faces, because only evaluate reads the test split."""
    scheme = store.scheme
    measure = Measure(store, match(scheme, scheme), scheme.normaliser, RESAMPLES)
    score = measure.of(view_points(run, side, store))
    ends = (score["nme_low"], score["nme_high"])
    return {
        "split": "validation",
        "note": "the epoch was chosen on these faces; the test split's scores stand in the project's metrics",
        "percent": round(score["nme"], 3),
        "interval": None if None in ends else [round(end, 3) for end in ends],
        "normaliser": scheme.normaliser,
        "faces": score["faces"],
        "groups": score["groups"],
    }


def exported(
    predictors: Mapping[str, Predictor], detectors: Sequence[FaceDetector], measure: Measure
) -> list[dict[str, Any]]:
    """One row of scores per precision in exact boxes, then three per detector, of the first precision: in its boxes as
    they are, corrected, and after another look.

    Args:
        predictors: by precision.
    """
    rows = [
        {
            "precision": name,
            "boxes": EXACT,
            "missed": 0,
            **measure.of(view_points(one.run, one.card.side, measure.store)),
        }
        for name, one in predictors.items()
    ]
    precision, predictor = next(iter(predictors.items()))
    if predictor.card.box == "image":  # no detector is asked
        return rows
    for detector in detectors:
        boxes = found_boxes(measure.store, detector)
        chosen = np.array([index for index, box in enumerate(boxes) if box is not None], np.int64)
        if not len(chosen):
            continue
        for name, points in looks(predictor, detector, measure.store, boxes).items():
            missed = len(boxes) - len(chosen)
            score = measure.of(points, chosen)
            rows.append({"precision": precision, "boxes": name, "missed": missed, **score})
    return rows


def looks(
    predictor: Predictor, detector: FaceDetector, store: Crops, boxes: Sequence[Floats | None]
) -> dict[str, Floats]:
    """Landmarks (M, K, 2) in view units of the M faces that have a box (view pixels), by what was made of it."""
    margin = store.settings.margin_pixels
    correction = predictor.card.corrections.get(detector.name)
    found: dict[str, list[Floats]] = {}
    for encoded, box in zip(store.crop, boxes, strict=True):
        if box is None:
            continue
        image, given = decode_crop(encoded), box[None] + np.float32(margin)
        plain = first = predictor.look(image, predictor.card.views(given))
        found.setdefault(f"{detector.name} as it is", []).append(plain.landmarks)
        if correction is not None:
            first = predictor.look(image, correction.views(given))
            found.setdefault(f"{detector.name} corrected", []).append(first.landmarks)
        again = predictor.again(image, first)
        found.setdefault(f"{detector.name}, second look", []).append(again.landmarks)
    return {
        name: _in_view(np.concatenate(each) - np.float32(margin), store)
        for name, each in found.items()
    }


def _in_view(points: Floats, store: Crops) -> Floats:
    """View pixels as view units."""
    return np.asarray((points + 0.5) / store.settings.side, np.float32)


def _parts(count: int) -> Iterator[NDArray[np.int64]]:
    return (np.arange(start, min(start + PART, count)) for start in range(0, count, PART))
