"""The NME of each test face: small tables without pictures, which comparisons and curves are computed from."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.files import replace_table

COLUMNS = ("face", "group", "subsets", "nme")
SEPARATOR = ";"  # between the names of subsets


@dataclass(frozen=True)
class FaceErrors:
    """N scored faces.

    Attributes:
        face: ids.
        group: whom or what each face shows; resampled as a whole.
        subsets: the names of each face's subsets.
        nme: (N,) percent.
    """

    face: list[str]
    group: list[str]
    subsets: list[list[str]]
    nme: NDArray[np.float64]

    def names(self) -> list[str]:
        """Of all subsets, sorted."""
        return sorted({name for names in self.subsets for name in names})

    def places(self, subset: str) -> list[int]:
        """Where the faces of one subset stand."""
        return [place for place, names in enumerate(self.subsets) if subset in names]

    def take(self, index: list[int]) -> "FaceErrors":
        """Some of the faces."""
        return FaceErrors(
            [self.face[place] for place in index],
            [self.group[place] for place in index],
            [self.subsets[place] for place in index],
            self.nme[index],
        )


def write(errors: FaceErrors, path: Path) -> None:
    """A CSV file with a row per face."""
    rows = zip(errors.face, errors.group, errors.subsets, errors.nme, strict=True)
    replace_table(
        path,
        COLUMNS,
        ((face, group, SEPARATOR.join(names), f"{nme:.6f}") for face, group, names, nme in rows),
    )


def parse(text: str, where: str) -> FaceErrors:
    """What `write` wrote; `where` names the file in errors.

    Raises:
        FacepointsError: other columns, no rows, or an NME that is no number.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    try:
        nme = np.array([float(row["nme"]) for row in rows])
        found = FaceErrors(
            [row["face"] for row in rows],
            [row["group"] for row in rows],
            [row["subsets"].split(SEPARATOR) if row["subsets"] else [] for row in rows],
            nme,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _wrong(where, f"{type(error).__name__}: {error}") from error
    if not rows or not np.isfinite(nme).all():
        raise _wrong(where, "no rows" if not rows else "an NME is not finite")
    return found


def _wrong(where: str, problem: str) -> FacepointsError:
    return FacepointsError(
        f"{where}: expected a CSV file with the columns {', '.join(COLUMNS)} and a number in the last ({problem}). "
        "Run the evaluate stage again."
    )
