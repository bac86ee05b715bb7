"""Face detectors by name: what looks for faces where nobody says where they are."""

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.crops.detector import LONGEST, Detector

Floats = NDArray[np.float32]

CONFIDENCE = 0.7  # least, of a face that YuNet finds


class FaceDetector(Protocol):
    """Finds faces. `name` tells its boxes from others', whose corrections differ."""

    name: str

    def boxes(self, image: NDArray[np.uint8]) -> Floats:
        """The faces of an image (H, W, 3) RGB as boxes (N, 4), image pixels."""
        ...


class Haar(Detector):
    """OpenCV's Haar cascade, which comes with OpenCV: frontal faces."""

    name = "haar"


class YuNet:
    """A small net that finds turned and tilted faces too; its ONNX file comes from OpenCV's model zoo.

    W. Wu et al., YuNet: a tiny millisecond-level face detector, Machine Intelligence Research 2023.

    Raises:
        FacepointsError: no such file, or no net of this kind.
    """

    name = "yunet"

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise FacepointsError(
                f"{path}: no such file. Expected YuNet's ONNX file, face_detection_yunet_2023mar.onnx of OpenCV's "
                "model zoo."
            )
        try:
            self._net = cv2.FaceDetectorYN.create(str(path), "", (320, 320), CONFIDENCE)
            self._net.detect(np.zeros((320, 320, 3), np.uint8))
        except cv2.error as error:
            raise FacepointsError(
                f"{path}: not YuNet's ONNX file ({error.err}). Expected face_detection_yunet_2023mar.onnx of OpenCV's "
                "model zoo."
            ) from error

    def boxes(self, image: NDArray[np.uint8]) -> Floats:
        """As FaceDetector's; images larger than 640 pixels are shrunk to that first."""
        height, width = image.shape[:2]
        scale = min(1.0, LONGEST / max(height, width))
        side = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(image, side, interpolation=cv2.INTER_AREA) if scale < 1 else image
        self._net.setInputSize(side)
        found = self._net.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))[1]
        if found is None:
            return np.empty((0, 4), dtype=np.float32)
        corners = np.concatenate([found[:, :2], found[:, :2] + found[:, 2:4]], axis=1)
        return np.asarray(corners * np.tile([width / side[0], height / side[1]], 2), np.float32)


# Where a project keeps YuNet's file; without it only the Haar cascade is used.
FILE = Path("detectors/yunet.onnx")


def detectors() -> list[FaceDetector]:
    """All that this project has: the Haar cascade, and YuNet where its file lies in detectors/."""
    return [Haar(), *([YuNet(FILE)] if FILE.is_file() else [])]
