"""From one face record to one row of the crop store."""

from dataclasses import dataclass
from typing import Any

import cv2

from facepoints.crops.box import check_labels, crop_box, used_rule
from facepoints.crops.detector import Detector, belonging
from facepoints.crops.extent import landmark_box
from facepoints.crops.settings import CacheSettings
from facepoints.crops.warp import apply, view_affine, warp
from facepoints.datasets.face import Face, FaceSet
from facepoints.datasets.image import UnreadableImageError

Row = dict[str, Any]


@dataclass(frozen=True)
class Unreadable:
    """A face whose image cannot be read, and why."""

    message: str


@dataclass(frozen=True)
class Missed:
    """A face that the detector missed and that is to be left out."""

    image: str


class Cutter:
    """Cuts the crops of one set."""

    def __init__(self, face_set: FaceSet, settings: CacheSettings) -> None:
        self.face_set = face_set
        self.settings = settings
        self.encoding = [cv2.IMWRITE_JPEG_QUALITY, settings.quality]
        self.detector = Detector() if settings.box == "detector" else None

    def cut(self, face: Face) -> Row | Unreadable | Missed:
        """The row of a face, or why there is none.

        Raises:
            FacepointsError: labels that do not fit the image, or no box of the wanted kind.
        """
        settings = self.settings
        try:
            image = self.face_set.image(face)
        except UnreadableImageError as error:
            return Unreadable(str(error))
        size = (image.shape[1], image.shape[0])
        check_labels(face, size)
        tight = landmark_box(face.landmarks, face.labelled)
        # Only under its own rule: searching a photo takes many times as long as cutting the crop.
        detected = belonging(self.detector.boxes(image), tight) if self.detector else None
        if self.detector and detected is None and settings.missed == "leave_out":
            return Missed(face.image)
        affine = view_affine(crop_box(face, size, settings, detected), settings.side)
        crop = warp(image, affine, settings.side, settings.margin_pixels)
        encoded = cv2.imencode(".jpg", cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), self.encoding)[1]
        return {
            "source": face.image,
            "crop": encoded.tobytes(),
            "landmarks": apply(affine, face.landmarks).ravel(),
            "labelled": face.labelled,
            "occlusion": face.occlusion,
            "affine": affine.ravel(),
            "landmark_box": tight,
            "annotated_box": face.box,
            "detector_box": detected,
            "rule": used_rule(settings, detected),
            "group": face.group,
            "split": face.split,
            "subsets": list(face.subsets),
        }
