"""Small pictures of faces, with or without their points."""

import base64
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints.crops.warp import apply, view_affine, warp
from facepoints.schemes.scheme import Scheme
from facepoints.store import tiles

PADDING = 0.25  # around the points, of the box's longer side
BEYOND = 0.25  # of the photo's longer side: points farther outside are not in the picture
FINEST = 8  # photo pixels per pixel of a picture; photos that have more are shrunk first
SMALLEST_SIDE = 1.0  # photo pixels

PICTURE_SIDE = 208  # pixels
FAR = 8.0 * PICTURE_SIDE
DOT = 2.0  # radius, pixels
LEFT, RIGHT, MIDDLE = (255, 140, 0), (70, 170, 255), (255, 255, 255)  # RGB
LINE = (215, 215, 215)

Image = NDArray[np.uint8]


def around(points: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.float64]:
    """The square box (4,) around points (P, 2) with 25 % more on each side, photo pixels.

    Points far outside the photo (`size`: its width and height) are drawn in: the box stays within reach of it.
    """
    limit = np.array(size, np.float64)
    reach = BEYOND * max(size)
    near = np.clip(points.astype(np.float64), -reach, limit + reach)
    low, high = near.min(axis=0), near.max(axis=0)
    centre, side = (low + high) / 2, max(float((high - low).max()), SMALLEST_SIDE)
    half = side * (0.5 + PADDING)
    return np.concatenate([centre - half, centre + half])


def cut(image: Image, box: NDArray[np.float64], side: int) -> Image:
    """The part of `image` (H, W, 3) in a square box, as (side, side, 3); black beyond the photo."""
    factor = FINEST * side / float(box[2] - box[0])
    if factor < 0.5:
        image = np.asarray(
            cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        )
        box = (box + 0.5) * factor - 0.5
    return warp(image, view_affine(box, side), side)


def picture(
    image: Image,
    landmarks: NDArray[np.float32],
    labelled: NDArray[np.bool_],
    scheme: Scheme,
    sides: Sequence[int],
) -> str:
    """A face with its points and lines as the text of a JPEG that a page can hold.

    Args:
        image: the photo (H, W, 3) RGB.
        landmarks: (K, 2) photo pixels.
        labelled: (K,), which of them are drawn.
        sides: (K,) −1, 0 or 1: what is coloured as left, middle and right.
    """
    box = around(landmarks[labelled], (image.shape[1], image.shape[0]))
    tile = np.ascontiguousarray(cut(image, box, PICTURE_SIDE))
    # Far outside, drawing would overflow; there nothing is seen anyway.
    places = apply(view_affine(box, PICTURE_SIDE), landmarks).clip(-FAR, FAR)
    for run in scheme.runs():
        pairs = [pair for pair in pairwise(run) if labelled[list(pair)].all()]
        starts, ends = np.array(pairs, dtype=int).reshape(-1, 2).T
        tiles.lines(tile, places[starts], places[ends], LINE)
    for side, colour in ((-1, LEFT), (0, MIDDLE), (1, RIGHT)):
        tiles.dots(tile, places[labelled & (np.array(sides) == side)], colour, DOT)
    encoded = tiles.jpeg(tile)
    return f"data:image/jpeg;base64,{base64.b64encode(encoded).decode('ascii')}"
