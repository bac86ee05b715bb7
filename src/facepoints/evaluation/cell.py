"""Evaluation of one trained cell on one data set's test split."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from torch import Tensor

from facepoints.evaluation.exported import Measure
from facepoints.evaluation.measured import Besides, measure
from facepoints.evaluation.points import match
from facepoints.evaluation.predictions import points_of
from facepoints.evaluation.robustness import robustness
from facepoints.evaluation.score import Errors, errors, normaliser_name, per_face, scores
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.evaluation.uncertainty import ellipses, in_photo, uncertainty
from facepoints.files import replace
from facepoints.models.model import LandmarkModel
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import Crops
from facepoints.store.faces import decode, photo_points

Exported = Callable[[Measure], list[dict[str, Any]]]


def evaluate(
    model: LandmarkModel,
    last: LandmarkModel,
    scheme: Scheme,
    store: Crops,
    settings: EvaluationSettings,
    test: str,
    results: Path,
    predictions: Path,
    exported: Exported | None = None,
) -> dict[str, Any]:
    """Predict the faces of `store`, measure, and write what the report needs.

    Args:
        model: of the epoch that was best on the validation split.
        last: of the last epoch; only its NME is reported.
        scheme: of the models' points.
        test: how the test split was made, `official`, `hash` or `all`.
        results: of the files that `measure` writes.
        predictions: a Parquet file of all predicted points.
        exported: scores what was exported of the cell, if that is wanted.

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

    def compared(points: NDArray[np.float32]) -> Errors:
        return errors(photo_points(points, store), true, store, matched, name)

    found = errors(predicted, true, store, matched, name)
    last_found = compared(points_of(last, faces, scheme, settings).points.numpy())
    learnt = model.learns_covariance
    besides = Besides(
        last=scores(per_face(last_found, store), settings.resamples),
        uncertainty=uncertainty(found_points, faces, store, matched, found, learnt),
        robustness=robustness(model, scheme, store, settings, matched, name)
        if settings.robustness.enabled
        else [],
        exported=exported(Measure(store, matched, name, settings.resamples)) if exported else [],
        ellipses=ellipses(found_points, store, matched) if learnt else None,
    )
    _write_predictions(predictions, store, predicted, found_points.covariance, found)
    return measure(
        predicted, found, compared(mean), store, matched, name, settings, test, results, besides
    )


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
