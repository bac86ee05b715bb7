"""Landmarks on a picture: lines and points in the colours of their regions."""

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints.inference.predictor import Faces, Image
from facepoints.live.smoothing import size
from facepoints.schemes.scheme import Scheme

# RGB, told apart on light and dark skin; regions take them in turn.
PALETTE = (
    (255, 196, 0),
    (0, 200, 255),
    (80, 255, 120),
    (255, 90, 160),
    (255, 255, 255),
    (170, 140, 255),
)
FRAME = (200, 200, 200)
RADIUS = 0.011  # of points, in sizes of the face
LINE = 0.005  # width of lines
LETTERS = 0.0035  # height of letters, in OpenCV's unit of some 22 pixels
SMALLEST, LARGEST = 0.4, 3.0  # of that unit
BITS = 4  # of the fraction of a pixel that OpenCV draws with
BEYOND = 2.0**20  # pixels; what lies farther out is no place to draw

Colour = tuple[int, int, int]


class Painter:
    """Draws the points of one scheme; pictures are drawn upon."""

    def __init__(self, scheme: Scheme) -> None:
        self._runs = [(np.array(run), colour) for run, colour in _runs(scheme)]
        self._colours = [PALETTE[0]] * scheme.points
        for run, colour in self._runs:
            for index in run:
                self._colours[index] = colour

    def points(self, image: Image, landmarks: NDArray[np.float32]) -> None:
        """One face's landmarks (K, 2) onto an image (H, W, 3) RGB, in sizes that go with the face's."""
        side = size(landmarks)
        fixed = _fixed(landmarks)
        width = max(1, round(LINE * side))
        for run, colour in self._runs:
            cv2.polylines(image, [fixed[run]], False, colour, width, cv2.LINE_AA, BITS)
        radius = round(max(1.0, RADIUS * side) * 2**BITS)
        for point, colour in zip(fixed.tolist(), self._colours, strict=True):
            cv2.circle(image, point, radius, colour, cv2.FILLED, cv2.LINE_AA, BITS)

    def faces(
        self, image: Image, faces: Faces, names: tuple[str, ...] = (), boxes: bool = False
    ) -> None:
        """Faces onto an image (H, W, 3) RGB.

        Args:
            names: a text for each face, written above its points.
            boxes: draw what the net saw of each face, too.
        """
        for landmarks, box in zip(faces.landmarks, faces.boxes, strict=True):
            if boxes:
                low, high = _fixed(box.reshape(2, 2)).tolist()
                cv2.rectangle(
                    image,
                    low,
                    high,
                    FRAME,
                    max(1, round(LINE * size(landmarks))),
                    cv2.LINE_AA,
                    BITS,
                )
            self.points(image, landmarks)
        for landmarks, name in zip(faces.landmarks, names, strict=False):
            scale = float(np.clip(LETTERS * size(landmarks), SMALLEST, LARGEST))
            left, top = landmarks.min(axis=0) - (0, 12 * scale)
            write(image, name, (left, top), scale)


def write(image: Image, text: str, place: tuple[float, float], scale: float) -> None:
    """A line of text onto an image, white on black, its lower left corner at a place x, y, kept inside the picture."""
    width = max(1, round(1.5 * scale))
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, width)
    x = round(max(0.0, min(place[0], image.shape[1] - wide)))
    y = round(min(max(place[1], high + 1.0), image.shape[0] - 1.0))
    for colour, thick in (((0, 0, 0), 3 * width), ((255, 255, 255), width)):
        cv2.putText(
            image, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, colour, thick, cv2.LINE_AA
        )


def _runs(scheme: Scheme) -> list[tuple[list[int], Colour]]:
    """The scheme's lines with the colour of their region; groups of no region have colours of their own."""
    region = {group: name for name, groups in scheme.regions.items() for group in groups}
    owners = [region.get(group, group) for group in scheme.groups]
    order = list(dict.fromkeys([*scheme.regions, *owners]))
    colours = [PALETTE[order.index(owner) % len(PALETTE)] for owner in owners]
    return list(zip(scheme.runs(), colours, strict=True))


def _fixed(points: NDArray[np.float32]) -> NDArray[np.int32]:
    """Points as OpenCV takes them for drawing between pixels."""
    return np.asarray(np.rint(np.clip(points, -BEYOND, BEYOND) * 2**BITS), np.int32)
