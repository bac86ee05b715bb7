"""Cells whose points were fitted to the labels of a data set: rows of their own, each beside its cell."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from facepoints.cell import Cell

SUFFIX = "+adapted"


@dataclass(frozen=True)
class Adapted(Cell):
    """A cell's points after label adaptation; equal to no cell, also not to the one that it comes from."""

    @property
    def name(self) -> str:
        """The cell's name and a suffix, so that its results lie beside those of the cell."""
        return f"{super().name}{SUFFIX}"


def parse(name: str) -> Cell:
    """The cell, or adapted cell, with this name.

    Raises:
        FacepointsError: it is neither.
    """
    cell = Cell.parse(name.removesuffix(SUFFIX))
    return _adapted(cell) if name.endswith(SUFFIX) else cell


def rows(cells: Sequence[Cell], adapted: bool) -> list[Cell]:
    """What is scored on one data set: the cells, and after each its adapted form if there is one."""
    return [row for cell in cells for row in ((cell, _adapted(cell)) if adapted else (cell,))]


def _adapted(cell: Cell) -> Adapted:
    return Adapted(*astuple(cell))
