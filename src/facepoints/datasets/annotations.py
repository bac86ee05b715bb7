"""Images, categories and annotations out of a COCO file."""

import json
from pathlib import Path
from typing import Any

from facepoints import FacepointsError
from facepoints.schemes.scheme import Scheme

Entry = dict[str, Any]


def read(path: Path) -> Entry:
    """The keys and values of a JSON file.

    Raises:
        FacepointsError: it cannot be read, or holds something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FacepointsError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise FacepointsError(
            f"{path}: no valid JSON: {error}. Export the labels again."
        ) from error
    if not isinstance(content, dict):
        raise FacepointsError(
            f"{path}: expected COCO's images, categories and annotations; found a {type(content).__name__}."
        )
    return content


def entries(content: Entry, key: str, path: Path) -> list[Entry]:
    """The list under one key of the file.

    Raises:
        FacepointsError: it is no list of entries.
    """
    found = content.get(key)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise FacepointsError(
            f"{path}: expected a list of entries under {key}, as COCO has; the keys there are "
            f"{', '.join(content) or 'none'}."
        )
    return found


def category(content: Entry, chosen: str | None, scheme: Scheme, path: Path, option: str) -> Entry:
    """The category of that name, else the only one with keypoints.

    Args:
        option: key of params.yaml that chooses, for messages.

    Raises:
        FacepointsError: no such category, none or several to choose from, or another number of points.
    """
    named = {str(entry.get("name")): entry for entry in entries(content, "categories", path)}
    names = [chosen] if chosen is not None else [n for n in named if named[n].get("keypoints")]
    if len(names) != 1:
        raise FacepointsError(
            f"{path}: expected one category with keypoints; found {', '.join(names) or 'none'} (all "
            f"categories: {', '.join(named) or 'none'}). Name the one to read in {option}."
        )
    if names[0] not in named:
        raise FacepointsError(
            f"{option}: {path} has no category {names[0]!r}; it has {', '.join(named) or 'none'}."
        )
    found = named[names[0]]
    keypoints = found.get("keypoints")
    if isinstance(keypoints, list) and len(keypoints) != scheme.points:
        raise FacepointsError(
            f"{path}, category {names[0]}: expected {scheme.points} keypoints, as scheme {scheme.name} has; "
            f"found {len(keypoints)}. Choose another category in {option}, or correct the set's scheme."
        )
    return found
