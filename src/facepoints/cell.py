"""One cell of the comparison: what was trained on what, and how that is written in file names."""

import re
from dataclasses import dataclass
from typing import Literal

from facepoints import FacepointsError

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_SIZE = re.compile(r"[1-9][0-9]*")
_SEED = re.compile(r"0|[1-9][0-9]*")
_FORM = "TRAINSET-MODEL-AUGMENTATION-SIZE-SEED, as in synthetic-resnet50-none-all-0"


@dataclass(frozen=True)
class Cell:
    """One trained model: train set × model × augmentation × number of training faces × seed.

    `size` is "all" or how many faces of the seeded order were trained on.

    Raises:
        FacepointsError: a field cannot stand in a name (so that every cell has a name that parses).
    """

    train_on: str
    model: str
    augmentation: str
    size: int | Literal["all"]
    seed: int

    def __post_init__(self) -> None:
        for field in ("train_on", "model", "augmentation"):
            if not _WORD.fullmatch(getattr(self, field)):
                raise FacepointsError(
                    f"{getattr(self, field)!r} cannot be the {field} of a cell: expected small "
                    "letters, digits and underscores, a letter first."
                )
        if self.size != "all" and self.size < 1:
            raise FacepointsError(f"{self.size} training faces: expected 1 or more, or all.")
        if self.seed < 0:
            raise FacepointsError(f"seed {self.seed}: expected 0 or more.")

    @property
    def name(self) -> str:
        """The fields joined by `-`: folder and file names, `cell` in metrics/summary.csv."""
        return f"{self.train_on}-{self.model}-{self.augmentation}-{self.size}-{self.seed}"

    @classmethod
    def parse(cls, name: str) -> "Cell":
        """The cell with this name; `Cell.parse(cell.name) == cell`.

        Raises:
            FacepointsError: `name` is not of the form TRAINSET-MODEL-AUGMENTATION-SIZE-SEED.
        """
        fields = name.split("-")
        if len(fields) != 5:
            raise FacepointsError(
                f"{name!r} names no cell: expected 5 fields, found {len(fields)} ({_FORM})."
            )
        train_on, model, augmentation, size, seed = fields
        if size != "all" and not _SIZE.fullmatch(size):
            raise FacepointsError(
                f"{name!r} names no cell: expected all or a number as size, found {size!r} "
                f"({_FORM})."
            )
        if not _SEED.fullmatch(seed):
            raise FacepointsError(
                f"{name!r} names no cell: expected a number as seed, found {seed!r} ({_FORM})."
            )
        return cls(train_on, model, augmentation, "all" if size == "all" else int(size), int(seed))
