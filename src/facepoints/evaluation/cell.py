"""Evaluation of one trained cell on one data set's test split."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray
from torch import Tensor

from facepoints import FacepointsError
from facepoints.crops.warp import apply
from facepoints.evaluation.metrics import ced
from facepoints.evaluation.points import match
from facepoints.evaluation.score import (
    Errors,
    errors,
    normaliser_name,
    score,
    scores,
    without_official_subsets,
)
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.evaluation.sheet import sheet
from facepoints.evaluation.uncertainty import ellipses, in_photo, uncertainty
from facepoints.files import replace, replace_table
from facepoints.models.model import LandmarkModel
from facepoints.models.predicting import predict, predict_flipped
from facepoints.models.prediction import Prediction
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import Crops
from facepoints.store.faces import Faces, decode, photo_points
from facepoints.store.tiles import jpeg

CED_ERRORS = np.linspace(0, 20, 201)  # percent


def evaluate(
    model: LandmarkModel,
    last: LandmarkModel,
    scheme: Scheme,
    store: Crops,
    settings: EvaluationSettings,
    test: str,
    results: Path,
    predictions: Path,
) -> dict[str, Any]:
    """Predict the faces of `store`, measure, and write what the report needs.

    Args:
        model: of the epoch that was best on the validation split.
        last: of the last epoch; only its NME is reported.
        scheme: of the models' points.
        test: how the test split was made, `official`, `hash` or `all`.
        results: written as .json (metrics), .csv (CED) and .jpg (a sheet of test faces).
        predictions: a Parquet file of all predicted points.

    Returns:
        The metrics.

    Raises:
        FacepointsError: schemes without common points, or no face that can be scored.
    """
    faces = decode(store, model.input)
    found_points = points_of(model, faces, scheme, settings)
    predicted = photo_points(found_points.points.numpy(), store)
    true = photo_points(faces.points.numpy(), store)
    mean = np.broadcast_to(model.mean_shape.numpy(), found_points.points.shape)
    matched = match(scheme, store.scheme)
    name = normaliser_name(store, settings)
    found = errors(predicted, true, store, matched, name)
    baseline = errors(photo_points(mean, store), true, store, matched, name)
    named = without_official_subsets(store) if test == "hash" else store
    crop = store.settings
    last_points = points_of(last, faces, scheme, settings).points.numpy()
    metrics = {
        **score(found, baseline, named, settings),
        "last": scores(
            errors(photo_points(last_points, store), true, store, matched, name), store, settings
        ),
        "selection": "best epoch on the validation split",
        "flip_average": settings.flip_average,
        "uncertainty": uncertainty(found_points, faces, store, matched, found),
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
        ellipses(found_points, store, matched),
    )
    replace(results.with_suffix(".jpg"), jpeg(drawn))
    _write_predictions(predictions, store, predicted, found_points.covariance, found)
    replace(results.with_suffix(".json"), json.dumps(metrics, indent=2) + "\n")
    return metrics


def points_of(
    model: LandmarkModel, faces: Faces, scheme: Scheme, settings: EvaluationSettings
) -> Prediction:
    """The model's points, averaged with those for the mirrored faces if the settings say so.

    Raises:
        FacepointsError: they say so, but the scheme has no mirror.
    """
    plain = predict(model, faces)
    if not settings.flip_average:
        return plain
    if scheme.mirror is None:
        raise FacepointsError(
            f"evaluate.flip_average: scheme {scheme.name} has no mirror, so that nobody knows which point is which "
            "on a mirrored face. Add mirror to the scheme's file, or set it to false."
        )
    turned = predict_flipped(model, faces, torch.tensor(scheme.mirror))
    covariance = None
    if plain.covariance is not None and turned.covariance is not None:
        # The two errors are hardly independent: their mean is taken to be as uncertain as one of them.
        covariance = (plain.covariance + turned.covariance) / 2
    return Prediction((plain.points + turned.points) / 2, covariance)


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
    path: Path,
    store: Crops,
    predicted: NDArray[np.float32],
    covariance: Tensor | None,
    found: Errors,
) -> None:
    columns: dict[str, Any] = {
        "face": store.face,
        "landmarks": list(predicted.reshape(len(predicted), -1)),  # photo pixels
        "errors": list(found.points.astype(np.float32)),  # per scored point, photo pixels
        "normaliser": found.divisor,  # photo pixels
        "nme": found.nme,  # percent
    }
    if covariance is not None:
        photo = in_photo(covariance, store)
        columns["covariance"] = list(
            photo.reshape(len(photo), -1)
        )  # per point xx, xy, yx, yy, photo pixels squared
    content = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), content, compression="zstd")
    replace(path, content.getvalue().to_pybytes())
