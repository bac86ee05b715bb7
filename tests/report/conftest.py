"""A small results/ tree with plausible numbers, written as the stages write it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from facepoints.adapted import rows
from facepoints.cell import Cell
from facepoints.evaluation import face_errors
from facepoints.evaluation.face_errors import FaceErrors
from facepoints.evaluation.score import scores
from facepoints.report.study import Study, read
from facepoints.schemes.library import load as load_scheme

DATASETS = ["synthetic", "muct"]
CELLS = [
    Cell("synthetic", model, augmentation, "all", 0)
    for model in ("mobilenet_v3_small", "resnet50")
    for augmentation in ("none", "geometric")
]
EPOCHS = 12
MEAN_SHAPE = 11.3456
FACES = 400
CAMERAS = ("camera_a", "camera_d", "camera_e")


def write_tree(root: Path, datasets: Sequence[str], cells: Sequence[Cell]) -> None:
    """results/ below `root`, as train, evaluate and export leave them."""
    for index, cell in enumerate(cells):
        rng = np.random.default_rng([7, index])
        final = 3.2 + 2.4 * rng.random()
        _history(root / "results/history" / f"{cell.name}.csv", final, rng)
        _json(
            root / "results/export" / f"{cell.name}.json",
            {
                "parity_pixels": 3.1e-5 * (1 + index),
                "models": {
                    "fp32": {"bytes": 6_123_456, "validation_nme": final},
                    "int8": {"bytes": 1_723_456, "validation_nme": final + 0.05},
                },
            },
        )
        _json(
            root / "results/training" / f"{cell.name}.json",
            {
                "parameters": 1_657_000,
                "train_faces": 1600,
                "validation_faces": 200,
                "train_sha256": "ab" * 32,
                "box": "landmarks, padding 0.1 side",
                "precision": "32-true",
                "epochs": EPOCHS,
                "best_epoch": EPOCHS - 1,
                "versions": {"torch": "2.12.0", "numpy": "2.3.1"},
            },
        )
        (root / "results/training" / f"{cell.name}.jpg").write_bytes(_sheet(rng))
        for place, dataset in enumerate(datasets):
            _evaluation(root / "results/evaluate" / dataset, cell, final * (1 + 0.6 * place), rng)


def write_adapted(root: Path, dataset: str, cells: Sequence[Cell]) -> None:
    """Adapted rows on a data set, as evaluate_adapted leaves them: without what only a net tells."""
    folder = root / "results/evaluate" / dataset
    for index, row in enumerate(rows(cells, adapted=True)[1::2]):
        _evaluation(folder, row, 1.5 + 0.1 * index, np.random.default_rng([9, index]))
        path = folder / f"{row.name}.json"
        adaptation = {"train_faces": 1234, "validation_faces": 99, "before": 6.54, "after": 4.32}
        bare = {"last": None, "uncertainty": None, "robustness": [], "exported": []}
        changed = {**bare, "nme_all": 3.21, "adaptation": adaptation}
        _json(path, json.loads(path.read_text()) | changed)


def _evaluation(folder: Path, cell: Cell, nme: float, rng: np.random.Generator) -> None:
    official = folder.name != "synthetic"
    # What makes a face hard is the same for all cells.
    hard = np.random.default_rng(11).normal(0, 0.4, FACES)
    errors = nme * np.exp(hard + rng.normal(0, 0.2, FACES))
    cameras = [[CAMERAS[index % 3]] if official else [] for index in range(FACES)]
    names = [f"{index:03}.jpg" for index in range(FACES)]
    table = FaceErrors(names, [str(index // 2) for index in range(FACES)], cameras, errors)
    face_errors.write(table, folder / f"{cell.name}.csv")
    points = load_scheme("ibug68")
    _json(
        folder / f"{cell.name}.json",
        scores(table, 200)
        | {
            "baseline_nme": MEAN_SHAPE,
            "nme_box": float(errors.mean()) * 0.31,
            "nme_inner": None,
            "nme_seen": None,
            "nme_hidden": None,
            "last": scores(table, 200),
            "region": {"jaw": 5.1, "eyes": 2.2},
            "landmark": {str(index): 1 + 0.05 * index for index in range(1, 68)},
            "shape": {
                "points": [list(point) for point in points.shape],
                "indices": list(range(68)),
                "lines": points.runs(),
                "normaliser": 0.4,
            },
            "robustness": [],
            "exported": [
                {"precision": precision, "boxes": boxes, "missed": missed, **scores(table, 200)}
                for precision, boxes, missed in (
                    ("fp32", "exact", 0),
                    ("int8", "exact", 0),
                    ("fp32", "haar, second look", 12),
                )
            ],
            "worst": [
                {"face": names[index], "nme": float(errors[index]), "subsets": cameras[index]}
                for index in np.argsort(-errors)[:24]
            ],
            "selection": "best epoch on the validation split",
            "flip_average": False,
            "uncertainty": {
                "learnt": True,
                "deviation": 2.5,
                "inside_90": 0.87,
                "rank_correlation": 0.6,
                "certain": {"50": 2.1, "80": 2.5, "90": 2.8, "100": 3.1},
            }
            if cell.model == "resnet50"
            else None,
            "left_out": 2,
            "normaliser": "inter_ocular",
            "test": "official" if official else "hash",
            "faces_sha256": "5f" * 32,
            "scheme": "ibug68 → muct76" if official else "ibug68",
            "convention": "contour",
            "points": "shared 8: eye and mouth corners" if official else "all 70",
            "box": "landmarks, padding 0.1",
            "subset": {name: scores(table.take(table.places(name)), 200) for name in table.names()},
        },
    )
    for name in (f"{cell.name}.jpg", f"{cell.name}-worst.jpg"):
        (folder / name).write_bytes(_sheet(rng))


def _sheet(rng: np.random.Generator) -> bytes:
    """Twelve ovals with points: a stand-in of the real sheet's size."""
    sheet = np.full((3 * 224, 4 * 224, 3), 70, np.uint8)
    for row, column in np.ndindex(3, 4):
        middle = (column * 224 + 112, row * 224 + 112)
        cv2.ellipse(sheet, middle, (70, 95), 0, 0, 360, rng.integers(120, 230, 3).tolist(), -1)
        for point in rng.normal(middle, 35, (40, 2)):
            cv2.circle(sheet, point.astype(int).tolist(), 2, (80, 220, 80), -1, cv2.LINE_AA)
    return cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


def _history(path: Path, final: float, rng: np.random.Generator) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["epoch,learning_rate,train_loss,validation_loss,validation_nme"]
    for epoch in range(1, EPOCHS + 1):
        decay = float(np.exp(-epoch / 3))
        noise = 1 + 0.04 * float(rng.standard_normal())
        train = 0.02 + 0.5 * decay
        lines.append(
            f"{epoch},{0.001 * decay:.6g},{train:.6g},{(train + 0.02) * noise:.6g},"
            f"{(final + 14 * decay) * noise:.6g}"
        )
    path.write_text("\n".join(lines) + "\n")


def _json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with results/ of two data sets × four cells."""
    write_tree(tmp_path, DATASETS, CELLS)
    return tmp_path


@pytest.fixture
def write_results() -> Callable[[Path, Sequence[str], Sequence[Cell]], None]:
    """Writes results/ below a folder, for these data sets and cells."""
    return write_tree


@pytest.fixture
def load() -> Callable[[Path], Study]:
    """Reads such a folder."""
    return lambda root: read(root / "results", DATASETS, CELLS)


@pytest.fixture
def study(tree: Path, load: Callable[[Path], Study]) -> Study:
    """The study in `tree`."""
    return load(tree)


@pytest.fixture
def adapted_study(tree: Path) -> Study:
    """The study in `tree` with adapted rows on muct."""
    write_adapted(tree, "muct", CELLS)
    return read(tree / "results", DATASETS, CELLS, ["muct"])
