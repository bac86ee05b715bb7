"""plots/ced.csv, learning.csv and landmarks.csv: the curves as long tables, for DVC's own plots."""

from pathlib import Path

import pandas as pd

from facepoints.files import replace
from facepoints.report.study import Study


def write(study: Study, folder: Path) -> None:
    """Write ced.csv, learning.csv and landmarks.csv into `folder`."""
    _write(folder / "ced.csv", ced(study))
    _write(folder / "learning.csv", learning(study))
    _write(folder / "landmarks.csv", landmarks(study))


def ced(study: Study) -> pd.DataFrame:
    """Every point of every CED: dataset, cell, error (percent), share (fraction of the faces)."""
    return pd.concat(
        [
            result.ced.assign(dataset=dataset, cell=cell.name)
            for (dataset, cell), result in study.results.items()
        ]
    )[["dataset", "cell", "error", "share"]]


def learning(study: Study) -> pd.DataFrame:
    """Every epoch of every cell: cell, then HISTORY_COLUMNS (NME in percent)."""
    tables = [
        trained.history.assign(cell=cell.name)[["cell", *trained.history.columns]]
        for cell, trained in study.trained.items()
    ]
    return pd.concat(tables)


def landmarks(study: Study) -> pd.DataFrame:
    """The mean error of every compared point: dataset, cell, landmark (its index), error (% of the normaliser)."""
    rows = [
        (dataset, cell.name, index, error)
        for (dataset, cell), result in study.results.items()
        for index, error in result.scores.landmark.items()
    ]
    return pd.DataFrame(rows, columns=["dataset", "cell", "landmark", "error"])


def _write(path: Path, table: pd.DataFrame) -> None:
    replace(path, table.to_csv(index=False, float_format="%.6g", lineterminator="\n"))
