"""Coordinates out of label files."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError


def finite(words: Iterable[Any], where: str) -> npt.NDArray[np.float32]:
    """(N,) float32 from N words or numbers.

    Raises:
        FacepointsError: one is no number or not finite; the message begins with `where`.
    """
    found = list(words)
    try:
        numbers = np.array(list(map(float, found)), np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        worst = next(word for word in found if not _is_number(word))
        raise FacepointsError(f"{where}: expected a number; found {worst!r}.") from error
    with np.errstate(over="ignore"):
        single = numbers.astype(np.float32)
    if not np.isfinite(single).all():
        index = int(np.flatnonzero(~np.isfinite(single))[0])
        raise FacepointsError(f"{where}: expected finite coordinates; found {numbers[index]}.")
    return single


def box(corners: npt.NDArray[np.float32], where: str) -> npt.NDArray[np.float32]:
    """The box x_min, y_min, x_max, y_max (4,) if it is one.

    Raises:
        FacepointsError: it has no area; the message begins with `where`.
    """
    if not (corners[:2] < corners[2:]).all():
        raise FacepointsError(
            f"{where}: expected a box with its right and lower sides beyond the others; found "
            f"x {corners[0]:g} to {corners[2]:g}, y {corners[1]:g} to {corners[3]:g}. Correct it, or leave it out."
        )
    return corners


def rectangle(
    left_top_size: npt.NDArray[np.float32], first_pixel: float, where: str
) -> npt.NDArray[np.float32]:
    """The box (4,) of x, y, width, height (4,) of whole pixels: its sides are the pixels' edges.

    COCO's and dlib's boxes are such: x = 0, width = 3 covers the pixels 0, 1 and 2, from -0.5 to 2.5. That
    the centre of the first pixel is called 0.5 moves no edge, that it is called 1 moves all.

    Raises:
        FacepointsError: it has no area; the message begins with `where`.
    """
    start = left_top_size[:2] - np.float32(math.floor(first_pixel) + 0.5)
    return box(np.concatenate([start, start + left_top_size[2:]]), where)


def _is_number(word: Any) -> bool:
    try:
        float(word)
    except (ValueError, TypeError, OverflowError):
        return False
    return True
