"""Coordinates out of label files."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError


def finite(words: Iterable[str], where: str) -> npt.NDArray[np.float32]:
    """(N,) float32 from N words.

    Raises:
        FacepointsError: a word is no number or not finite; the message begins with `where`.
    """
    numbers = np.array([_number(word, where) for word in words], np.float64)
    with np.errstate(over="ignore"):
        single = numbers.astype(np.float32)
    if not np.isfinite(single).all():
        worst = int(np.flatnonzero(~np.isfinite(single))[0])
        raise FacepointsError(f"{where}: expected finite coordinates; found {numbers[worst]}.")
    return single


def _number(word: str, where: str) -> float:
    try:
        return float(word)
    except ValueError as error:
        raise FacepointsError(f"{where}: expected a number; found {word!r}.") from error
