"""The numbers of one cell on one test split."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.evaluation.bootstrap import interval, resampled_means
from facepoints.evaluation.face_errors import FaceErrors
from facepoints.evaluation.metrics import auc, failure_rate
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
    """

    points: Floats
    labelled: NDArray[np.bool_]
    divisor: Floats
    box: Floats
    nme: Floats


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
    with np.errstate(invalid="ignore"):
        nme = face_nme(distance, labelled, divisor)
    return Errors(distance, labelled, divisor, box, nme)


def nme_of(found: Errors, chosen: NDArray[np.bool_]) -> float | None:
    """The NME over some points: the mean over the faces that have any of them; None where no face has.

    Args:
        chosen: (M,), or (N, M) where it is not the same for all faces.
    """
    labelled = found.labelled & chosen & np.isfinite(found.divisor)[:, None]
    some = labelled.any(axis=1)
    if not some.any():
        return None
    return float(face_nme(found.points[some], labelled[some], found.divisor[some]).mean())


def per_face(found: Errors, store: Crops) -> FaceErrors:
    """The faces that can be scored, in the order of their ids, so that two models' tables can be laid side by side.

    Raises:
        FacepointsError: no face can be scored, or predictions are not finite.
    """
    usable = np.isfinite(found.divisor)
    if not usable.any():
        raise FacepointsError(
            f"none of the {len(usable)} faces can be scored: the normaliser's points, or all those that "
            "are compared, are not labelled. Choose another one in evaluate.normaliser (box is always there)."
        )
    if not np.isfinite(found.nme[usable]).all():
        raise FacepointsError("the model predicts points that are no numbers. Train it again.")
    order = sorted(np.flatnonzero(usable), key=lambda index: store.face[index])
    return FaceErrors(
        [store.face[index] for index in order],
        [store.group[index] for index in order],
        [store.subsets[index] for index in order],
        found.nme[order],
    )


def without_official_subsets(store: Crops) -> Crops:
    """The same faces, where parts of the set's official test split are no longer named so.

    For a test split drawn by hash: what it holds of them are not the published subsets.
    """
    subsets = [
        [] if own == "test" else names
        for own, names in zip(store.split, store.subsets, strict=True)
    ]
    return replace(store, subsets=subsets)


def score(found: Errors, baseline: Errors, store: Crops, resamples: int) -> dict[str, Any]:
    """The metrics of a test split, ready to be written: NMEs in percent, AUCs as fractions.

    Args:
        resamples: of the bootstrap behind each interval.

    Raises:
        FacepointsError: no face can be scored, or predictions are not finite.
    """
    faces = per_face(found, store)
    usable = np.isfinite(found.divisor)
    box_nme = face_nme(found.points[usable], found.labelled[usable], found.box[usable])
    box_nme = box_nme[np.isfinite(box_nme)]
    return {
        **scores(faces, resamples),
        "nme_box": float(box_nme.mean()) if len(box_nme) else None,
        "baseline_nme": float(baseline.nme[usable].mean()),
        "left_out": int((~usable).sum()),
        "faces_sha256": hashlib.sha256("\n".join(sorted(store.face)).encode()).hexdigest(),
        "subset": {
            name: scores(faces.take(faces.places(name)), resamples) for name in faces.names()
        },
    }


def scores(faces: FaceErrors, resamples: int) -> dict[str, Any]:
    """NME with its interval (None of a single group), failure rate and AUC at 10 and at 8 %."""
    groups = len(set(faces.group))
    means = resampled_means(faces.nme, faces.group, resamples)
    low, high = interval(means, groups) or (None, None)
    return {
        "nme": float(faces.nme.mean()),
        "nme_low": low,
        "nme_high": high,
        "failure_rate": failure_rate(faces.nme),
        "auc": auc(faces.nme),
        "failure_rate_8": failure_rate(faces.nme, 8.0),
        "auc_8": auc(faces.nme, 8.0),
        "faces": len(faces.face),
        "groups": groups,
    }
