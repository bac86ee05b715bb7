"""The decorator for loops that numpy would be too slow for."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def compiled(function: Compiled) -> Compiled:
    """`function`, compiled at its first call and kept on disk; typed, unlike numba's own decorator.

    No fast-math and no threads: the same input gives the same bytes.
    """
    return cast(Compiled, numba.njit(cache=True)(function))
