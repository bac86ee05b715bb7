"""What the earlier stages write for each cell: JSON, CSV and JPEG files, checked when read."""

import json
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from facepoints import FacepointsError

HISTORY_COLUMNS = ("epoch", "learning_rate", "train_loss", "validation_loss", "validation_nme")
CED_COLUMNS = ("error", "share")
_AGAIN = "Run the stage that writes it again"

R = TypeVar("R", bound="Record")


class Record(BaseModel):
    """Base of what is read: no silent conversion; keys beyond the named ones are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class Scores(Record):
    """Errors over a set of faces: NME and failures in percent, AUC a fraction; None = undefined.

    `nme_low` and `nme_high` are the ends of the 95 % bootstrap interval over `groups`.
    """

    nme: float | None
    nme_low: float | None
    nme_high: float | None
    failure_rate: float | None
    auc: float | None
    faces: int
    groups: int


class Uncertainty(Record):
    """Predicted standard deviations (percent of the normaliser) against errors."""

    deviation: float
    inside_95: float  # share of points in their 95 % ellipse
    rank_correlation: float | None  # over faces, between deviation and NME


class Measurement(Scores):
    """results/evaluate/DATASET/CELL.json: one model on one test split, and how it was measured."""

    baseline_nme: float | None
    failure_rate_8: float | None
    auc_8: float | None
    nme_box: float | None
    nme_inner: float | None = None  # where iBUG's inner points are among those compared
    last: Scores  # of the last epoch's weights; all other numbers are of the best epoch's
    selection: str  # how that epoch was chosen
    flip_average: bool  # whether each prediction is averaged with that for the mirrored face
    uncertainty: Uncertainty | None  # of models that give one
    left_out: int
    normaliser: str
    test: Literal["official", "hash", "all"]
    faces_sha256: str
    scheme: str  # of the test set, or "the model's → the test set's"
    points: str
    convention: str | None  # what the points mark, or "the model's → the test set's"
    box: str
    subset: dict[str, Scores]

    @property
    def across(self) -> bool:
        """Whether the model's scheme is not the data set's."""
        return "→" in self.scheme

    @property
    def unit(self) -> str:
        """What errors are percentages of, as axes name it."""
        return self.normaliser.replace("_", "-")


class Training(Record):
    """results/training/CELL.json: what a model was trained on and with."""

    parameters: int
    train_faces: int
    validation_faces: int
    epochs: int
    best_epoch: int
    versions: dict[str, str]


class Export(Record):
    """results/export/CELL.json: the ONNX model; its points differ by at most `parity_pixels`."""

    parity_pixels: float
    crops: int
    opset: int
    bytes: int


def record(path: Path, kind: type[R]) -> R:
    """The JSON file at `path` as `kind`.

    Raises:
        FacepointsError: the file is missing, no JSON, or lacks a key or holds a wrong type.
    """
    try:
        return kind.model_validate(json.loads(_text(path)))
    except json.JSONDecodeError as error:
        raise FacepointsError(f"{path}: no valid JSON ({error}). {_AGAIN}.") from error
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"]) or "the whole file"
        raise FacepointsError(
            f"{path}: {key}: {problem['msg']}; found {problem['input']!r}. {_AGAIN}."
        ) from error


def series(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """The CSV file at `path`: these columns, at least one row, every value a number (or empty).

    Raises:
        FacepointsError: the file is missing, lacks a column, has no rows, or holds other text.
    """
    _text(path)
    try:
        table = pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FacepointsError(f"{path}: no valid CSV ({error}). {_AGAIN}.") from error
    absent = [column for column in columns if column not in table.columns]
    if absent:
        raise FacepointsError(
            f"{path}: expected the columns {', '.join(columns)}; missing: {', '.join(absent)}. "
            f"{_AGAIN}."
        )
    table = table[list(columns)]
    text = [c for c in columns if not np.issubdtype(table[c].to_numpy().dtype, np.number)]
    if text or table.empty:
        raise FacepointsError(
            f"{path}: expected rows of numbers, found "
            + (f"other text in {', '.join(text)}" if len(table) else "no rows")
            + f". {_AGAIN}."
        )
    return table


def picture(path: Path) -> bytes:
    """The bytes of the JPEG file at `path`.

    Raises:
        FacepointsError: the file is missing or no JPEG.
    """
    content = _bytes(path)
    if not content.startswith(b"\xff\xd8\xff"):
        raise FacepointsError(f"{path}: expected a JPEG picture, found something else. {_AGAIN}.")
    return content


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FacepointsError(f"{path}: cannot be read ({error.strerror}). {_AGAIN}.") from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise FacepointsError(f"{path}: no UTF-8 text ({error}). {_AGAIN}.") from error
