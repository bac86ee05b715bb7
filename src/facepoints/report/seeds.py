"""What only the seed changes: cells that differ in nothing else."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from facepoints.cell import Cell
from facepoints.report.study import Study


@dataclass(frozen=True)
class Seeds:
    """The NMEs of one kind of cell trained with several seeds, percent.

    Attributes:
        cells: they differ in their seed only.
        deviation: the standard deviation over seeds, with n − 1.
    """

    cells: tuple[Cell, ...]
    mean: float
    deviation: float


def over_seeds(study: Study, dataset: str, cells: Sequence[Cell]) -> list[Seeds]:
    """Mean and deviation of each kind of cell that was trained with two seeds or more."""
    kinds: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        kind = (type(cell), cell.train_on, cell.model, cell.augmentation, cell.size)
        kinds.setdefault(kind, []).append(cell)
    found = []
    for alike in kinds.values():
        if len(alike) > 1:
            nme = [study.scores(dataset, cell).nme for cell in alike]
            found.append(Seeds(tuple(alike), statistics.mean(nme), statistics.stdev(nme)))
    return found
