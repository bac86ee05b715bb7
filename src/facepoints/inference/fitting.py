"""The corrections of a model, fitted on the crops that it learned from."""

from collections.abc import Iterable

import numpy as np

from facepoints.crops.detector import belonging
from facepoints.crops.extent import landmark_box
from facepoints.inference.card import LANDMARKS
from facepoints.inference.correction import Correction, Floats, fit
from facepoints.inference.detection import FaceDetector
from facepoints.store.crops import Crops, decode_crop

LEAST_FACES = 10  # that a detector must find for a correction


def found_boxes(store: Crops, detector: FaceDetector) -> list[Floats | None]:
    """The detector's box (4,) of each face in view pixels, or None: it searches the stored crops, margin and all."""
    margin = store.settings.margin_pixels
    found = []
    for index, encoded in enumerate(store.crop):
        tight = landmark_box(store.landmarks[index], store.labelled[index])
        found.append(belonging(detector.boxes(decode_crop(encoded)) - np.float32(margin), tight))
    return found


def corrections(store: Crops, detectors: Iterable[FaceDetector]) -> dict[str, Correction]:
    """Name → what takes boxes to view boxes: for boxes around the landmarks, and for each detector that finds at
    least ten of the faces."""
    square = store.settings.keep_aspect
    tight = [landmark_box(*pair) for pair in zip(store.landmarks, store.labelled, strict=True)]
    boxes: dict[str, list[Floats | None]] = {LANDMARKS: list(tight)}
    boxes |= {detector.name: found_boxes(store, detector) for detector in detectors}
    fitted = {}
    for name, one_each in boxes.items():
        found = np.array([box for box in one_each if box is not None])
        if name == LANDMARKS or len(found) >= LEAST_FACES:
            view = np.array([-0.5, -0.5, *[store.settings.side - 0.5] * 2], np.float32)
            fitted[name] = fit(found, np.broadcast_to(view, found.shape), square)
    return fitted
