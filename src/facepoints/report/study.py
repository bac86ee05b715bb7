"""Everything that the report shows, read once and checked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pandas as pd

from facepoints import FacepointsError
from facepoints.cell import Cell
from facepoints.report.records import (
    CED_COLUMNS,
    HISTORY_COLUMNS,
    Export,
    Measurement,
    Training,
    picture,
    record,
    series,
)


@dataclass(frozen=True)
class Trained:
    """One cell's training: `history` has one row per epoch (HISTORY_COLUMNS), `strip` shows faces (JPEG)."""

    training: Training
    history: pd.DataFrame
    strip: bytes
    export: Export


@dataclass(frozen=True)
class Result:
    """One cell on one data set: its scores, its CED (CED_COLUMNS) and the contact sheet (JPEG)."""

    scores: Measurement
    ced: pd.DataFrame
    sheet: bytes


@dataclass(frozen=True)
class Study:
    """The selected cells and data sets with all that was measured; the order is the selection's."""

    datasets: tuple[str, ...]
    cells: tuple[Cell, ...]
    trained: dict[Cell, Trained]
    results: dict[tuple[str, Cell], Result]

    @property
    def train_sets(self) -> list[str]:
        """What the cells learned from, each once."""
        return list(dict.fromkeys(cell.train_on for cell in self.cells))

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


def read(results: Path, datasets: Sequence[str], cells: Sequence[Cell]) -> Study:
    """Read what the selected cells wrote below `results`.

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
                ced=series(results / "evaluate" / dataset / f"{cell.name}.csv", CED_COLUMNS),
                sheet=picture(results / "evaluate" / dataset / f"{cell.name}.jpg"),
            )
            for dataset, cell in product(datasets, cells)
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
        for cell in study.cells:
            parts.setdefault(_protocol(study.scores(dataset, cell)), []).append(cell)
        for number, ((points, *_), cells) in enumerate(parts.items(), start=1):
            title = dataset
            if len(parts) > 1:
                title = f"{dataset} ({number}: {points.split(':')[0]} points)"
            found.append(Comparison(title, dataset, tuple(cells)))
    return found


def baselines(study: Study, part: Comparison) -> list[tuple[str, float]]:
    """Each train set of a comparison with the NME of its mean shape, where that is defined."""
    found = []
    for train_on in dict.fromkeys(cell.train_on for cell in part.cells):
        value = mean_shape(study, part.dataset, train_on).baseline_nme
        if value is not None:
            found.append((train_on, value))
    return found


def _protocol(scores: Measurement) -> tuple[str, ...]:
    """What must agree before two numbers mean the same."""
    return (scores.points, scores.normaliser, scores.test, scores.box, scores.faces_sha256)
