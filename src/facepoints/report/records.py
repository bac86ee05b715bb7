"""What the earlier stages write for each cell: JSON, CSV and JPEG files, checked when read."""

import json
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from facepoints import FacepointsError
from facepoints.evaluation.face_errors import FaceErrors, parse

HISTORY_COLUMNS = ("epoch", "learning_rate", "train_loss", "validation_loss", "validation_nme")
_AGAIN = "Run the stage that writes it again"

R = TypeVar("R", bound="Record")


class Record(BaseModel):
    """Base of what is read: no silent conversion; keys beyond the named ones are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class Scores(Record):
    """Errors over a set of faces: NME and failures in percent, AUC a fraction.

    `nme_low` and `nme_high` are the ends of the 95 % bootstrap interval over `groups`; None of a single group.
    """

    nme: float
    nme_low: float | None
    nme_high: float | None
    failure_rate: float  # NME > 10 %
    auc: float  # up to 10 %
    failure_rate_8: float
    auc_8: float
    faces: int
    groups: int

    @property
    def ends(self) -> tuple[float, float]:
        """Of the interval as it is drawn: without one, the NME itself."""
        if self.nme_low is None or self.nme_high is None:
            return self.nme, self.nme
        return self.nme_low, self.nme_high


class Uncertainty(Record):
    """Predicted standard deviations (percent of the normaliser) against errors."""

    learnt: bool  # by the loss; otherwise the spread of the model's maps
    deviation: float
    inside_90: float  # share of points in their 90 % ellipse
    rank_correlation: float | None  # over faces, between deviation and NME
    certain: dict[str, float]  # NME of this percentage of the faces, the most certain ones


class Level(Scores):
    """A sample of the test faces under one change of box or picture."""

    kind: str
    strength: float

    @property
    def clean(self) -> bool:
        """Whether these are the faces as they are."""
        return self.kind == "clean"


class Shape(Record):
    """The mean true shape of the compared points, in view units."""

    points: list[list[float]]  # of those that are labelled in any face
    indices: list[int]  # of the points in the test set's scheme
    lines: list[list[int]]  # places in `points`
    normaliser: float  # its mean length


class Exported(Scores):
    """An exported model on the test faces in boxes of one kind; `missed` of them have none."""

    precision: str
    boxes: str
    missed: int


class Worst(Record):
    """A face with a large error."""

    face: str
    nme: float
    subsets: list[str]


class Adaptation(Record):
    """How an adapted cell's regressor was found; NMEs in percent, of the validation faces."""

    train_faces: int
    before: float
    after: float


class Measurement(Scores):
    """results/evaluate/DATASET/CELL.json: one model on one test split, and how it was measured."""

    baseline_nme: float
    nme_box: float | None
    nme_inner: float | None  # where iBUG's inner points are among those compared
    nme_seen: float | None  # where the set says which points are hidden
    nme_hidden: float | None
    last: Scores | None  # of the last epoch's weights; all other numbers are of the best epoch's
    region: dict[str, float]
    landmark: dict[str, float]  # mean error by index in the set's scheme, percent of the normaliser
    shape: Shape
    uncertainty: Uncertainty | None  # of models that give one
    robustness: list[Level]  # empty where it is switched off
    exported: list[Exported]  # likewise
    worst: list[Worst]  # the largest errors first
    selection: str  # how that epoch was chosen
    flip_average: bool  # whether each prediction is averaged with that for the mirrored face
    left_out: int
    normaliser: str
    test: Literal["official", "hash", "all"]
    faces_sha256: str
    scheme: str  # of the test set, or "the model's → the test set's"
    points: str
    convention: str | None  # what the points mark, or "the model's → the test set's"
    box: str
    subset: dict[str, Scores]
    adaptation: Adaptation | None = None  # of adapted cells
    nme_all: float | None = (
        None  # likewise: over all points of the set's scheme, where the cell has others
    )

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
    train_sha256: str  # of the training faces: ids, pixels, points
    box: str  # how they were cut out
    precision: str
    epochs: int
    best_epoch: int
    versions: dict[str, str]


class OnnxFile(Record):
    """An exported model."""

    bytes: int
    validation_nme: float


class Export(Record):
    """results/export/CELL.json: the ONNX models; fp32's points differ from PyTorch's by at most `parity_pixels`."""

    parity_pixels: float
    models: dict[str, OnnxFile]  # by precision


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


def errors(path: Path) -> FaceErrors:
    """The table of each test face's NME at `path`.

    Raises:
        FacepointsError: the file is missing or no such table.
    """
    return parse(_text(path), str(path))


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
