"""The numbers of one cell on one test split."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.evaluation.metrics import auc, bootstrap_interval, failure_rate
from facepoints.evaluation.points import Matched
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.nme.error import face_nme, normaliser, point_errors
from facepoints.schemes.scheme import BOX
from facepoints.store.crops import Crops

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Errors:
    """Errors per face and point, for M matched points.

    Attributes:
        points: (N, M) distances in photo pixels.
        labelled: (N, M) bool.
        divisor: (N,) photo pixels, NaN where the face cannot be scored.
        box: (N,) √(width · height) of the tight landmark box, photo pixels, NaN where that is 0.
        nme: (N,) percent, NaN where the divisor is.
        inner: (N,) NME of iBUG's inner points in percent, NaN where the divisor is or none of them is labelled;
            None where the matched points lack some of them.
    """

    points: Floats
    labelled: NDArray[np.bool_]
    divisor: Floats
    box: Floats
    nme: Floats
    inner: Floats | None


def normaliser_name(store: Crops, settings: EvaluationSettings) -> str:
    """The normaliser that the settings name, or the scheme's first; `box` where it has none.

    Raises:
        FacepointsError: the scheme has none of that name.
    """
    known = (*store.scheme.normalisers, BOX)
    name = settings.normaliser or store.scheme.normaliser
    if name not in known:
        raise FacepointsError(
            f"evaluate.normaliser: scheme {store.scheme.name} has no normaliser {name!r} "
            f"(it has: {', '.join(known)})."
        )
    return name


def errors(
    predicted: NDArray[np.float32],
    true: NDArray[np.float32],
    store: Crops,
    matched: Matched,
    name: str,
) -> Errors:
    """Compare predicted (N, K', 2) with true points (N, K, 2), both in photo pixels."""
    labelled = store.labelled[:, matched.true]
    distance = point_errors(predicted[:, matched.predicted], true[:, matched.true])
    divisor = normaliser(true, store.labelled, store.scheme, name)
    divisor = np.where(labelled.any(axis=1), divisor, np.nan)
    box = normaliser(true, store.labelled, store.scheme, BOX)
    inner = None
    with np.errstate(invalid="ignore"):
        nme = face_nme(distance, labelled, divisor)
        if matched.inner:
            inner = face_nme(distance[:, matched.inner], labelled[:, matched.inner], divisor)
    return Errors(distance, labelled, divisor, box, nme, inner)


def without_official_subsets(store: Crops) -> Crops:
    """The same faces, where parts of the set's official test split are no longer named so.

    For a test split drawn by hash: what it holds of them are not the published subsets.
    """
    subsets = [
        [] if own == "test" else names
        for own, names in zip(store.split, store.subsets, strict=True)
    ]
    return replace(store, subsets=subsets)


def score(
    model: Errors,
    baseline: Errors,
    store: Crops,
    settings: EvaluationSettings,
) -> dict[str, Any]:
    """The metrics of a test split, ready to be written: NMEs in percent, AUCs as fractions.

    Raises:
        FacepointsError: no face can be scored, or predictions are not finite.
    """
    usable = np.isfinite(model.divisor)
    if not usable.any():
        raise FacepointsError(
            f"none of the {len(usable)} test faces can be scored: the normaliser's points, or all those that "
            "are compared, are not labelled. Choose another one in evaluate.normaliser (box is always there)."
        )
    box_nme = face_nme(model.points[usable], model.labelled[usable], model.box[usable])
    return {
        **scores(model, store, settings),
        "nme_box": _mean(box_nme),
        **({} if model.inner is None else {"nme_inner": _mean(model.inner[usable])}),
        "baseline_nme": float(baseline.nme[usable].mean()),
        "failure_rate_8": failure_rate(model.nme[usable], 8.0),
        "auc_8": auc(model.nme[usable], 8.0),
        "left_out": int((~usable).sum()),
        "faces_sha256": hashlib.sha256("\n".join(sorted(store.face)).encode()).hexdigest(),
        "subset": {
            name: _numbers(model.nme[inside], _chosen(store.group, inside), settings)
            for name in sorted({name for names in store.subsets for name in names})
            if (inside := usable & np.array([name in names for names in store.subsets])).any()
        },
    }


def scores(found: Errors, store: Crops, settings: EvaluationSettings) -> dict[str, Any]:
    """NME with its interval, failure rate and AUC of the faces that can be scored.

    Raises:
        FacepointsError: predictions are not finite.
    """
    usable = np.isfinite(found.divisor)
    if not np.isfinite(found.nme[usable]).all():
        raise FacepointsError("the model predicts points that are no numbers. Train it again.")
    return _numbers(found.nme[usable], _chosen(store.group, usable), settings)


def _mean(nme: Floats) -> float | None:
    """Over the faces that have one; None where no face has."""
    known = nme[np.isfinite(nme)]
    return float(known.mean()) if len(known) else None


def _numbers(nme: Floats, groups: list[str], settings: EvaluationSettings) -> dict[str, Any]:
    low, high, count = bootstrap_interval(nme, groups, settings.resamples)
    return {
        "nme": float(nme.mean()),
        "nme_low": low,
        "nme_high": high,
        "failure_rate": failure_rate(nme),
        "auc": auc(nme),
        "faces": len(nme),
        "groups": count,
    }


def _chosen(values: list[str], mask: NDArray[np.bool_]) -> list[str]:
    return [value for value, inside in zip(values, mask, strict=True) if inside]
