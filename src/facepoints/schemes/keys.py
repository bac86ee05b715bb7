"""Keys and values of a scheme's file, checked for presence and type."""

import math
from collections.abc import Mapping
from typing import Any

from facepoints import FacepointsError

Indices = tuple[int, ...]
Shape = tuple[tuple[float, float], ...]

REQUIRED = ("name", "points")
KEYS = (
    *REQUIRED,
    "mirror",
    "groups",
    "normalisers",
    "regions",
    "shared",
    "closed",
    "convention",
    "maps",
    "shape",
)
SHAPE_DIGITS = 4  # of coordinates; a mean shape is about 1 wide


def wrong(key: str, message: str) -> FacepointsError:
    """The error that names `key`."""
    return FacepointsError(f"key {key}: {message}.")


def arguments(content: Any) -> dict[str, Any]:
    """The arguments of Scheme, lists turned into tuples; a key without a value counts as absent.

    Raises:
        FacepointsError: unknown or missing keys, or wrong types.
    """
    if not isinstance(content, Mapping):
        raise FacepointsError(f"expected keys and values, found {type(content).__name__}.")
    for key in content:
        if key not in KEYS:
            raise wrong(str(key), f"unknown; known keys: {', '.join(KEYS)}")
    for key in REQUIRED:
        if key not in content:
            raise wrong(key, "is missing")
    return {
        key: _typed(key, content[key])
        for key in KEYS
        if key in REQUIRED or content.get(key) not in (None, "")
    }


def _typed(key: str, found: Any) -> Any:
    """The value of one key."""
    match key:
        case "points":
            return _instance(key, found, int)
        case "name" | "convention":
            return _instance(key, found, str)
        case "mirror":
            return _items(key, found, int)
        case "closed":
            return _items(key, found, str)
        case "shape":
            return tuple(
                _place(f"shape[{i}]", xy) for i, xy in enumerate(_instance(key, found, list))
            )
    entries = _mapping(key, found).items()
    match key:
        case "shared":
            return {name: _instance(f"{key}.{name}", index, int) for name, index in entries}
        case "normalisers":
            return {name: _pair(f"{key}.{name}", pair) for name, pair in entries}
    kind = str if key == "regions" else int  # groups and maps
    return {name: _items(f"{key}.{name}", items, kind) for name, items in entries}


def _instance(key: str, found: Any, kind: type) -> Any:
    # bool is a kind of int to Python, but `yes` is no index.
    if not isinstance(found, kind) or isinstance(found, bool):
        raise wrong(key, f"expected {kind.__name__}; found {found!r}")
    return found


def _items(key: str, found: Any, kind: type) -> tuple[Any, ...]:
    return tuple(_instance(key, item, kind) for item in _instance(key, found, list))


def _pair(key: str, found: Any) -> tuple[Indices, Indices]:
    sides = _instance(key, found, list)
    if len(sides) != 2:
        raise wrong(key, f"expected two lists of indices; found {len(sides)}")
    return _items(key, sides[0], int), _items(key, sides[1], int)


def _place(key: str, found: Any) -> tuple[float, float]:
    numbers = [item for item in _instance(key, found, list) if type(item) in (int, float)]
    if len(numbers) != 2 or len(found) != 2 or not all(map(math.isfinite, numbers)):
        raise wrong(key, f"expected two numbers, x and y; found {found!r}")
    return round(float(numbers[0]), SHAPE_DIGITS), round(float(numbers[1]), SHAPE_DIGITS)


def _mapping(key: str, found: Any) -> dict[str, Any]:
    for name in _instance(key, found, dict):
        _instance(key, name, str)
    return dict(found)
