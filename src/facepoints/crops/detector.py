"""The face detector behind `cache.box: detector`: OpenCV's Haar cascade for frontal faces.

P. Viola and M. Jones, Rapid object detection using a boosted cascade of simple features, CVPR 2001; the cascade is
R. Lienhart's haarcascade_frontalface_default, which comes with OpenCV 4.
"""

from pathlib import Path

import cv2
import cv2.data
import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.crops.extent import overlaps

Floats = NDArray[np.float32]

CASCADE = "haarcascade_frontalface_default.xml"
LONGEST = 640  # pixels; a larger photo is shrunk to this before it is searched
STEP = 1.1  # between the sizes of the searched window
NEIGHBOURS = 3  # least number of hits that make a face
LEAST_OVERLAP = 0.3  # of a face with its landmark box, intersection over union


class Detector:
    """Finds frontal faces. It holds a cascade, which does not travel between processes: make one in each."""

    def __init__(self) -> None:
        path = Path(cv2.data.haarcascades) / CASCADE
        self._cascade = cv2.CascadeClassifier(str(path))
        if self._cascade.empty():
            raise FacepointsError(
                f"{path}: the face detector's cascade is not there. Install opencv-python-headless 4 (5 comes "
                "without cascades), or choose another rule in cache.box."
            )

    def boxes(self, image: NDArray[np.uint8]) -> Floats:
        """The faces of a photo (H, W, 3) RGB as boxes (N, 4), photo pixels, in an order of their own values.

        The photo's pixels alone decide; OpenCV's threads do not.
        """
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        height, width = grey.shape
        scale = min(1.0, LONGEST / max(height, width))
        if scale < 1:
            side = (max(1, round(width * scale)), max(1, round(height * scale)))
            grey = cv2.resize(grey, side, interpolation=cv2.INTER_AREA)
        found = self._cascade.detectMultiScale(grey, STEP, NEIGHBOURS)
        if not len(found):
            return np.empty((0, 4), dtype=np.float32)
        corners = np.asarray(found, dtype=np.float64)
        corners[:, 2:] += corners[:, :2]
        # From borders between pixels of the shrunk photo to centres of the photo's pixels.
        corners *= np.tile([width / grey.shape[1], height / grey.shape[0]], 2)
        return np.array(sorted((corners - 0.5).tolist()), dtype=np.float32)


def belonging(boxes: Floats, landmark_box: Floats) -> Floats | None:
    """Which of the found boxes (N, 4) is the labelled face: the one that overlaps its landmark box (4,) most.

    None if none overlaps by LEAST_OVERLAP; for a box over the whole face the overlap is 0.5 to 0.7.
    """
    overlap = overlaps(boxes, landmark_box[None])[:, 0]
    if not len(boxes) or overlap.max() < LEAST_OVERLAP:
        return None
    return np.asarray(boxes[overlap.argmax()], dtype=np.float32)
