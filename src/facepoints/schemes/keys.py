"""Keys and values of a scheme's file, checked for presence and type."""

from collections.abc import Mapping
from typing import Any

from facepoints import FacepointsError

Indices = tuple[int, ...]

REQUIRED = ("name", "points", "mirror", "groups", "normalisers")
KEYS = (*REQUIRED, "regions", "shared", "closed")


def wrong(key: str, message: str) -> FacepointsError:
    """The error that names `key`."""
    return FacepointsError(f"key {key}: {message}.")


def arguments(content: Any) -> dict[str, Any]:
    """The arguments of Scheme, lists turned into tuples.

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
    typed: dict[str, Any] = {
        "name": _instance("name", content["name"], str),
        "points": _instance("points", content["points"], int),
        "mirror": _items("mirror", content["mirror"], int),
        "closed": _items("closed", content.get("closed", []), str),
    }
    for key, kind in (("groups", int), ("regions", str)):
        typed[key] = {
            name: _items(f"{key}.{name}", items, kind)
            for name, items in _mapping(key, content.get(key, {})).items()
        }
    typed["shared"] = {
        name: _instance(f"shared.{name}", index, int)
        for name, index in _mapping("shared", content.get("shared", {})).items()
    }
    typed["normalisers"] = {
        name: _pair(f"normalisers.{name}", pair)
        for name, pair in _mapping("normalisers", content["normalisers"]).items()
    }
    return typed


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


def _mapping(key: str, found: Any) -> dict[str, Any]:
    for name in _instance(key, found, dict):
        _instance(key, name, str)
    return dict(found)
