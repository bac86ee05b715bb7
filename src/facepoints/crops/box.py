"""Box rules: which rectangle of the photo a crop shows.

A box is (4,) float32: x0, y0, x1, y1 in photo pixels, where whole numbers are pixel centres.
"""

import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.crops.extent import landmark_box, padded
from facepoints.crops.settings import CropSettings, Rule
from facepoints.datasets.face import Face
from facepoints.datasets.settings import ANNOTATED

Floats = NDArray[np.float32]

MANY_POINTS = 10


def used_rule(settings: CropSettings, detected: Floats | None) -> Rule:
    """The rule that cuts a face: `settings.box`, but landmarks for a face that the detector missed."""
    return "landmarks" if settings.box == "detector" and detected is None else settings.box


def crop_box(
    face: Face,
    image_size: tuple[int, int],
    settings: CropSettings,
    detected: Floats | None = None,
) -> Floats:
    """The box (4,) that the view spans: the rule's box, padded, made square if the aspect is kept.

    Args:
        image_size: width and height of the photo.
        detected: the detector's box (4,) of the face; None if it missed the face or was not asked.

    Raises:
        FacepointsError: the face has no box of the wanted kind, or the box has no area.
    """
    rule = used_rule(settings, detected)
    box = _rule_box(face, image_size, rule, detected)
    if not (box[2:] > box[:2]).all():
        raise FacepointsError(
            f"{face.image}: the {rule} box {box.tolist()} has no area. "
            "Correct the label, or choose another rule in cache.box."
        )
    return padded(box, settings.padding, settings.padding_unit, settings.keep_aspect)


def _rule_box(
    face: Face, image_size: tuple[int, int], rule: Rule, detected: Floats | None
) -> Floats:
    if rule == "detector" and detected is not None:
        return detected
    if rule == "image":
        width, height = image_size
        return np.array([-0.5, -0.5, width - 0.5, height - 0.5], dtype=np.float32)
    if rule == "annotated":
        if face.box is None:
            raise FacepointsError(
                f"{face.image}: the labels of this face hold no box, so cache.box: annotated cannot serve this "
                f"data set. Formats whose labels can hold boxes: {', '.join(ANNOTATED)}. Choose landmarks, "
                "detector or image."
            )
        return face.box
    return landmark_box(face.landmarks, face.labelled)


def check_labels(face: Face, image_size: tuple[int, int]) -> None:
    """Refuse labels that cannot belong to the photo.

    Raises:
        FacepointsError: no point is labelled, or one lies more than half a landmark-box side beyond the border.
    """
    points = face.landmarks[face.labelled]
    if not len(points):
        raise FacepointsError(f"{face.image}: no point is labelled. Remove the face from the set.")
    border = np.array(image_size, dtype=np.float32) - 1
    beyond = np.maximum(-points, points - border).max(axis=1)
    worst = int(beyond.argmax())
    # A stray point must not stretch its own measure; where there are few, each shapes the box.
    measured = np.delete(points, worst, axis=0) if len(points) >= MANY_POINTS else points
    allowed = float(np.ptp(measured, axis=0).max()) / 2
    if beyond[worst] > allowed:
        index = int(np.flatnonzero(face.labelled)[worst])
        x, y = points[worst].tolist()
        raise FacepointsError(
            f"{face.image}: its point {index} at ({x:.1f}, {y:.1f}), counted from 0, lies {beyond[worst]:.0f} "
            f"pixels outside the image of {image_size[0]}×{image_size[1]} (at most half a face, {allowed:.0f} "
            "pixels, is allowed). Correct the label or remove the face."
        )
