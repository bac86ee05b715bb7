"""Everything that the report shows, read once and checked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from facepoints import FacepointsError
from facepoints.adapted import rows
from facepoints.cell import Cell
from facepoints.evaluation.comparison import PROTOCOL
from facepoints.evaluation.face_errors import FaceErrors
from facepoints.evaluation.metrics import ced
from facepoints.report.records import (
    HISTORY_COLUMNS,
    Export,
    Measurement,
    Training,
    errors,
    picture,
    record,
    series,
)

CED_ERRORS = np.linspace(0, 20, 201)  # percent


@dataclass(frozen=True)
class Trained:
    """One cell's training: `history` has one row per epoch (HISTORY_COLUMNS), `strip` shows faces (JPEG)."""

    training: Training
    history: pd.DataFrame
    strip: bytes
    export: Export


@dataclass(frozen=True)
class Result:
    """One cell on one data set: its scores, each face's error, and contact sheets (JPEG)."""

    scores: Measurement
    errors: FaceErrors
    sheet: bytes  # faces at even ranks of their error
    worst: bytes  # the faces with the largest errors

    @property
    def ced(self) -> pd.DataFrame:
        """error (percent) and share (of the faces)."""
        return pd.DataFrame({"error": CED_ERRORS, "share": ced(self.errors.nme, CED_ERRORS)})


@dataclass(frozen=True)
class Study:
    """The selected cells and data sets with all that was measured; the order is the selection's.

    `results` also has those of adapted cells, on the data sets that they were adapted to.
    """

    datasets: tuple[str, ...]
    cells: tuple[Cell, ...]
    trained: dict[Cell, Trained]
    results: dict[tuple[str, Cell], Result]

    @property
    def train_sets(self) -> list[str]:
        """What the cells learned from, each once."""
        return list(dict.fromkeys(cell.train_on for cell in self.cells))

    @property
    def rows(self) -> list[Cell]:
        """The cells, each followed by its adapted form where there is one."""
        scored = {cell for _, cell in self.results}
        return [row for row in rows(self.cells, adapted=True) if row in scored]

    def measured(self, dataset: str) -> list[Cell]:
        """Those that were scored on a data set."""
        return [row for row in self.rows if (dataset, row) in self.results]

    def scores(self, dataset: str, cell: Cell) -> Measurement:
        """What `cell` reached on `dataset`."""
        return self.results[dataset, cell].scores


@dataclass(frozen=True)
class Comparison:
    """Cells whose scores on one data set may be compared: same faces, points, normaliser and box.

    `title` is the data set's name, with what differs where a data set has several comparisons (as
    when models of different landmark schemes share only some points with it).
    """

    title: str
    dataset: str
    cells: tuple[Cell, ...]


def read(
    results: Path, datasets: Sequence[str], cells: Sequence[Cell], adapt_to: Sequence[str] = ()
) -> Study:
    """Read what the selected cells wrote below `results`.

    Args:
        adapt_to: the data sets that also have adapted cells.

    Raises:
        FacepointsError: nothing is selected, or a file is missing or malformed.
    """
    if not datasets or not cells:
        raise FacepointsError("params.yaml: nothing is selected. Give each list an entry or more.")
    return Study(
        datasets=tuple(datasets),
        cells=tuple(cells),
        trained={
            cell: Trained(
                training=record(results / "training" / f"{cell.name}.json", Training),
                history=series(results / "history" / f"{cell.name}.csv", HISTORY_COLUMNS),
                strip=picture(results / "training" / f"{cell.name}.jpg"),
                export=record(results / "export" / f"{cell.name}.json", Export),
            )
            for cell in cells
        },
        results={
            (dataset, cell): Result(
                scores=record(results / "evaluate" / dataset / f"{cell.name}.json", Measurement),
                errors=errors(results / "evaluate" / dataset / f"{cell.name}.csv"),
                sheet=picture(results / "evaluate" / dataset / f"{cell.name}.jpg"),
                worst=picture(results / "evaluate" / dataset / f"{cell.name}-worst.jpg"),
            )
            for dataset in datasets
            for cell in rows(cells, dataset in adapt_to)
        },
    )


def mean_shape(study: Study, dataset: str, train_on: str) -> Measurement:
    """A measurement whose `baseline_nme` is the mean training shape's error on `dataset`.

    Cells of several train sizes have slightly different mean shapes; the largest size speaks for all.
    """
    cells = [cell for cell in study.cells if cell.train_on == train_on]
    largest = max(cells, key=lambda cell: math.inf if cell.size == "all" else cell.size)
    return study.scores(dataset, largest)


def comparisons(study: Study) -> list[Comparison]:
    """The cells of each data set, parted by how they were measured."""
    found: list[Comparison] = []
    for dataset in study.datasets:
        parts: dict[tuple[str, ...], list[Cell]] = {}
        for cell in study.measured(dataset):
            parts.setdefault(_protocol(study.scores(dataset, cell)), []).append(cell)
        for number, ((points, *_), cells) in enumerate(parts.items(), start=1):
            title = dataset
            if len(parts) > 1:
                title = f"{dataset} ({number}: {points.split(':')[0]} points)"
            found.append(Comparison(title, dataset, tuple(cells)))
    return found


def baselines(study: Study, part: Comparison) -> list[tuple[str, float]]:
    """Each train set of a comparison with the NME of its mean shape."""
    train_sets = dict.fromkeys(cell.train_on for cell in part.cells)
    return [(name, mean_shape(study, part.dataset, name).baseline_nme) for name in train_sets]


def best(study: Study, part: Comparison) -> Cell | None:
    """The cell with the lowest NME of a comparison, if that is below its mean shape's."""
    scores = {cell: study.scores(part.dataset, cell) for cell in part.cells}
    seeing = [cell for cell in part.cells if scores[cell].nme < scores[cell].baseline_nme]
    return min(seeing, key=lambda cell: scores[cell].nme, default=None)


def _protocol(scores: Measurement) -> tuple[str, ...]:
    """What must agree before two numbers mean the same."""
    return tuple(getattr(scores, key) for key in PROTOCOL)
