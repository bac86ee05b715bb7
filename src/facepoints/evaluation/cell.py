"""Evaluation of one trained cell on one data set's test split."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from facepoints.crops.warp import apply
from facepoints.evaluation.metrics import ced
from facepoints.evaluation.points import match
from facepoints.evaluation.score import (
    Errors,
    errors,
    normaliser_name,
    score,
    without_official_subsets,
)
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.evaluation.sheet import sheet
from facepoints.files import replace, replace_table
from facepoints.models.model import LandmarkModel
from facepoints.models.predicting import outputs
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import Crops
from facepoints.store.faces import decode, photo_points
from facepoints.store.tiles import jpeg

CED_ERRORS = np.linspace(0, 20, 201)  # percent


def evaluate(
    model: LandmarkModel,
    scheme: Scheme,
    store: Crops,
    settings: EvaluationSettings,
    test: str,
    results: Path,
    predictions: Path,
) -> dict[str, Any]:
    """Predict the faces of `store`, measure, and write what the report needs.

    Args:
        scheme: of the model's points.
        test: how the test split was made, `official`, `hash` or `all`.
        results: written as .json (metrics), .csv (CED) and .jpg (a sheet of test faces).
        predictions: a Parquet file of all predicted points.

    Returns:
        The metrics.

    Raises:
        FacepointsError: schemes without common points, or no face that can be scored.
    """
    faces = decode(store, model.input)
    units = model.head.decode(outputs(model, faces)).points.numpy()
    predicted = photo_points(units, store)
    true = photo_points(faces.points.numpy(), store)
    mean = np.broadcast_to(model.mean_shape.numpy(), units.shape)
    matched = match(scheme, store.scheme)
    name = normaliser_name(store, settings)
    found = errors(predicted, true, store, matched, name)
    baseline = errors(photo_points(mean, store), true, store, matched, name)
    named = without_official_subsets(store) if test == "hash" else store
    crop = store.settings
    metrics = {
        **score(found, baseline, named, settings),
        "normaliser": name,
        "test": test,
        "scheme": matched.schemes,
        "points": matched.description,
        "convention": matched.convention,
        "box": f"{_rules(store)}, padding {crop.padding:g} {crop.padding_unit}"
        + ("" if crop.keep_aspect else ", aspect not kept"),
    }
    _write_ced(results.with_suffix(".csv"), found.nme)
    chosen = spread(found.nme, settings.sheet_faces)
    drawn = sheet(
        store,
        chosen,
        apply(store.affine, predicted)[:, matched.predicted],
        store.landmarks[:, matched.true],
        found.labelled,
        found.nme,
    )
    replace(results.with_suffix(".jpg"), jpeg(drawn))
    _write_predictions(predictions, store, predicted, found)
    replace(results.with_suffix(".json"), json.dumps(metrics, indent=2) + "\n")
    return metrics


def spread(nme: NDArray[np.float64], count: int) -> list[int]:
    """Faces at even ranks of their error, from the best to the worst: a sheet that flatters nobody."""
    ranked = np.argsort(nme, kind="stable")[: np.isfinite(nme).sum()]  # NaN, not scored, comes last
    places = np.linspace(0, len(ranked) - 1, min(count, len(ranked))).round().astype(int)
    return [int(index) for index in ranked[places]]


def _rules(store: Crops) -> str:
    """The box rule, and the faces that a detector missed."""
    rule = store.settings.box
    others = Counter(store.rule)
    others.pop(rule, None)
    really = [f"{count} of {len(store.rule)} by {other}" for other, count in sorted(others.items())]
    return f"{rule} ({', '.join(really)})" if really else rule


def _write_ced(path: Path, nme: NDArray[np.float64]) -> None:
    shares = ced(nme[np.isfinite(nme)], CED_ERRORS)
    pairs = zip(CED_ERRORS, shares, strict=True)
    rows = ((f"{error:.1f}", f"{share:.5f}") for error, share in pairs)
    replace_table(path, ["error", "share"], rows)


def _write_predictions(
    path: Path, store: Crops, predicted: NDArray[np.float32], found: Errors
) -> None:
    columns = {
        "face": store.face,
        "landmarks": list(predicted.reshape(len(predicted), -1)),  # photo pixels
        "errors": list(found.points.astype(np.float32)),  # per scored point, photo pixels
        "normaliser": found.divisor,  # photo pixels
        "nme": found.nme,  # percent
    }
    content = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), content, compression="zstd")
    replace(path, content.getvalue().to_pybytes())
