"""Landmarks as files: one CSV or JSON file of many faces, or .pts."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.files import replace, replace_table
from facepoints.schemes.scheme import Scheme

Floats = NDArray[np.float32]
Format = Literal["csv", "json"]

DIGITS = 3  # of pixels
FIRST_PIXEL = 1  # of .pts files, as iBUG counts
BOX = ("box_x0", "box_y0", "box_x1", "box_y1")
POSE = ("yaw", "pitch", "roll")


@dataclass(frozen=True)
class Row:
    """One face. `about` says where it is from and what is known of it, by column; landmarks (K, 2) pixels."""

    about: Mapping[str, Any]
    landmarks: Floats


def numbers(names: Iterable[str], values: Floats | None) -> dict[str, float]:
    """Values by name, rounded; none of None."""
    return {} if values is None else dict(zip(names, rounded(values), strict=True))


def rounded(values: NDArray[np.floating]) -> Any:
    """As plain numbers of a few digits."""
    return np.round(values.astype(np.float64), DIGITS).tolist()


def write(path: Path, rows: list[Row], columns: Iterable[str], scheme: Scheme) -> None:
    """One file of all rows, CSV or JSON by the name's end; whole or not at all.

    CSV: a line per face, `columns`, then x0, y0, x1, y1, … JSON: the scheme's name, and per face the columns and
    `points`.
    """
    if file_format(path) == "json":
        faces = [{**row.about, "points": rounded(row.landmarks)} for row in rows]
        replace(path, json.dumps({"scheme": scheme.name, "faces": faces}) + "\n")
        return
    header = [*columns, *(f"{axis}{index}" for index in range(scheme.points) for axis in "xy")]
    told = ([row.about.get(name, "") for name in columns] for row in rows)
    places = (rounded(row.landmarks.reshape(-1)) for row in rows)
    replace_table(path, header, ([*one, *two] for one, two in zip(told, places, strict=True)))


def file_format(path: Path) -> Format:
    """By the name's end.

    Raises:
        FacepointsError: another one.
    """
    if path.suffix.lower() == ".csv":
        return "csv"
    if path.suffix.lower() == ".json":
        return "json"
    raise FacepointsError(f"{path}: expected a name that ends in .csv or .json.")


def write_pts(path: Path, landmarks: Floats) -> None:
    """Landmarks (K, 2) as a .pts file, in which the first pixel is 1."""
    lines = [f"{x:.3f} {y:.3f}" for x, y in (landmarks + FIRST_PIXEL).tolist()]
    replace(path, "\n".join(["version: 1", f"n_points: {len(lines)}", "{", *lines, "}", ""]))
