"""metrics/summary.json and .csv, the numbers kept in git, and the table of the terminal."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from facepoints import FacepointsError
from facepoints.adapted import SUFFIX, Adapted
from facepoints.cell import Cell
from facepoints.files import replace
from facepoints.report.records import Exported
from facepoints.report.seeds import over_seeds
from facepoints.report.study import Study, mean_shape

MEAN_SHAPE = "mean shape"
DECIMALS = 3
MEAN_SHAPE_KEYS = {"baseline_nme", "faces", "left_out", "groups", "normaliser"}
MEAN_SHAPE_KEYS |= {"test", "scheme", "points", "convention", "box", "faces_sha256"}
# What is no single number.
DEEP = {"subset", "last", "uncertainty", "region", "landmark", "shape", "robustness", "exported"}
DEEP |= {"worst", "adaptation"}
ADAPTED = {"nme_all"}  # what only adapted cells have: no column where there are none
TABLE_WIDTH = 120


def collect(study: Study) -> pd.DataFrame:
    """One row per data set × cell, then one per kind of cell with several seeds, and one per train set's mean shape.

    Columns: dataset, cell, the cell's fields, then the scores (NME and failures in percent, AUC a fraction) and how
    they were measured, the last epoch's NME, and what a model says of its own errors. Mean shape rows have "mean
    shape" as model, its error as nme, and no cell.
    """
    rows: list[dict[str, Any]] = []
    for dataset in study.datasets:
        for cell in study.measured(dataset):
            named = {"dataset": dataset, "cell": cell.name, "train_on": cell.train_on}
            named |= {"model": cell.model, "augmentation": cell.augmentation}
            named |= {"size": str(cell.size), "seed": str(cell.seed)}
            scores = study.scores(dataset, cell)
            kept: dict[str, Any] = {}
            if trained := study.trained.get(cell):
                kept |= {"best_epoch": trained.training.best_epoch}
            if scores.last:
                kept |= {"last_nme": scores.last.nme}
            if scores.uncertainty:
                kept |= scores.uncertainty.model_dump(exclude={"certain"})
            kept |= {_column(found): found.nme for found in scores.exported}
            kept |= scores.model_dump(include=ADAPTED, exclude_none=True)
            rows.append(named | scores.model_dump(exclude=DEEP | ADAPTED) | kept)
        for kind in over_seeds(study, dataset, study.measured(dataset)):
            first, count = kind.cells[0], len(kind.cells)
            named = {"dataset": dataset, "train_on": first.train_on, "model": first.model}
            named |= {"augmentation": first.augmentation, "size": str(first.size)}
            numbers: dict[str, Any] = {"nme": kind.mean, "nme_deviation": kind.deviation}
            numbers |= study.scores(dataset, first).model_dump(include={"faces", "groups"})
            adapted = ", adapted" if isinstance(first, Adapted) else ""
            rows.append(named | {"seed": f"mean of {count}{adapted}"} | numbers)
        for train_on in study.train_sets:
            scores = mean_shape(study, dataset, train_on)
            row = {"dataset": dataset, "train_on": train_on, "model": MEAN_SHAPE}
            row |= scores.model_dump(include=MEAN_SHAPE_KEYS)
            rows.append(row | {"nme": scores.baseline_nme})
    return pd.DataFrame(rows).astype({"best_epoch": "Int64", "left_out": "Int64"})


def _column(found: Exported) -> str:
    """nme_fp32_exact, nme_fp32_haar_corrected, …"""
    return re.sub(r"\W+", "_", f"nme_{found.precision}_{found.boxes}")


def short_name(cell: Cell, dataset: str) -> str:
    """Of a cell on a data set, without what goes without saying: the set as its train set; all faces with seed 0."""
    train_on = [] if cell.train_on == dataset else [cell.train_on]
    drawn = [] if (cell.size, cell.seed) == ("all", 0) else [str(cell.size), str(cell.seed)]
    suffix = SUFFIX if isinstance(cell, Adapted) else ""
    return "-".join([*train_on, cell.model, cell.augmentation, *drawn]) + suffix


def write(study: Study, folder: Path) -> None:
    """Write `folder`/summary.csv, and of it `folder`/summary.json: the NME, percent, of each cell by its short name.

    DVC's tables (`dvc metrics diff`, `dvc exp show`) take that one. A column for each number, under the whole name,
    would make them wider than any terminal.
    """
    numbers = {
        dataset: {
            short_name(cell, dataset): round(study.scores(dataset, cell).nme, DECIMALS)
            for cell in study.measured(dataset)
        }
        for dataset in study.datasets
    }
    replace(folder / "summary.json", json.dumps(numbers, indent=2, sort_keys=True) + "\n")
    rows = collect(study)
    replace(
        folder / "summary.csv",
        rows.to_csv(index=False, float_format=f"%.{DECIMALS}f", lineterminator="\n"),
    )


def table(path: Path) -> str:
    """The summary at `path` as aligned text, at most 120 characters wide.

    Raises:
        FacepointsError: the file is missing or not what `write` writes.
    """
    needed = ["dataset", "cell", "train_on", "model", "nme", "nme_low", "nme_high"]
    needed += ["failure_rate", "auc", "faces", "augmentation", "size", "seed"]
    try:
        # Numbers stay text here (keep_default_na: an empty field is "", a model may be called nan).
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        rows[needed]  # a KeyError names what is lacking
    except OSError as error:
        raise FacepointsError(
            f"{path}: cannot be read ({error.strerror}). Run dvc repro."
        ) from error
    except (KeyError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FacepointsError(
            f"{path}: expected the summary that the render stage writes ({error}). Run dvc repro."
        ) from error
    head = ("data set", "cell", "NME %  [95 % interval]", "failures %", "AUC", "faces")
    found: list[Mapping[str, str]] = [dict(row) for _, row in rows.iterrows()]
    body = [
        (
            row["dataset"],
            row["cell"] or _several(row),
            _nme(row),
            _decimals(row["failure_rate"], 2),
            _decimals(row["auc"], 3),
            row["faces"],
        )
        for row in found
    ]
    widths = [max(len(line[column]) for line in (head, *body)) for column in range(len(head))]
    gaps = 2 * (len(head) - 1)
    # Only the longest names need it; the full ones are in the file.
    widths[1] = min(widths[1], TABLE_WIDTH - gaps - (sum(widths) - widths[1]))
    lines = [head, tuple("-" * width for width in widths), *body]
    return "\n".join(_line(line, widths) for line in lines) + "\n"


def _line(fields: tuple[str, ...], widths: list[int]) -> str:
    """Names to the left, numbers to the right (the interval to the left: its brackets align)."""
    shown = [
        _elided(field, width).rjust(width) if column > 2 else _elided(field, width).ljust(width)
        for column, (field, width) in enumerate(zip(fields, widths, strict=True))
    ]
    return "  ".join(shown).rstrip()


def _elided(text: str, width: int) -> str:
    """`text` with its middle left out if it is longer than `width`."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def _several(row: Mapping[str, str]) -> str:
    """What a row without a cell sums up."""
    if row["model"] == MEAN_SHAPE:
        return f"{MEAN_SHAPE} ({row['train_on']})"
    return f"{row['train_on']}-{row['model']}-{row['augmentation']}-{row['size']}, {row['seed']}"


def _nme(row: Mapping[str, str]) -> str:
    """With its interval, or its deviation over seeds."""
    text = _decimals(row["nme"], 2).rjust(5)
    if deviation := row.get("nme_deviation"):
        return f"{text} ± {_decimals(deviation, 2)}"
    low, high = row["nme_low"], row["nme_high"]
    return f"{text}  [{_decimals(low, 2)}, {_decimals(high, 2)}]" if low and high else text


def _decimals(text: str, decimals: int) -> str:
    return f"{float(text):.{decimals}f}" if text else "–"
