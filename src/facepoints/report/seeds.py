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
        kinds.setdefault((cell.train_on, cell.model, cell.augmentation, cell.size), []).append(cell)
    found = []
    for kind in kinds.values():
        if len(kind) > 1:
            nme = [study.scores(dataset, cell).nme for cell in kind]
            found.append(Seeds(tuple(kind), statistics.mean(nme), statistics.stdev(nme)))
    return found
