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
    texts = list(words)
    try:
        numbers = np.array(list(map(float, texts)), np.float64)
    except ValueError as error:
        worst = next(text for text in texts if not _is_number(text))
        raise FacepointsError(f"{where}: expected a number; found {worst!r}.") from error
    with np.errstate(over="ignore"):
        single = numbers.astype(np.float32)
    if not np.isfinite(single).all():
        index = int(np.flatnonzero(~np.isfinite(single))[0])
        raise FacepointsError(f"{where}: expected finite coordinates; found {numbers[index]}.")
    return single


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
