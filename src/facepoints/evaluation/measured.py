"""What is measured of points on a test split, and written for the report, wherever the points come from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints.crops.warp import apply
from facepoints.evaluation import face_errors
from facepoints.evaluation.parts import by_visibility, drawing, landmarks, regions
from facepoints.evaluation.points import Matched
from facepoints.evaluation.score import Errors, nme_of, per_face, score, without_official_subsets
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.evaluation.sheet import Drawn, sheet, spread, worst_sheet
from facepoints.files import replace
from facepoints.store.crops import Crops
from facepoints.store.tiles import jpeg


@dataclass(frozen=True)
class Besides:
    """What points alone do not tell: by default nothing.

    Attributes:
        last: scores of the last epoch's net.
        uncertainty: what the net says of its own errors, against these.
        robustness, exported: rows of scores.
        ellipses: (N, M, 2, 2) covariances that are drawn, view pixels squared.
        more: metrics of a kind of its own.
    """

    last: Mapping[str, Any] | None = None
    uncertainty: Mapping[str, Any] | None = None
    robustness: list[dict[str, Any]] = field(default_factory=list)
    exported: list[dict[str, Any]] = field(default_factory=list)
    ellipses: NDArray[np.float64] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def measure(
    predicted: NDArray[np.float32],
    found: Errors,
    baseline: Errors,
    store: Crops,
    matched: Matched,
    normaliser: str,
    settings: EvaluationSettings,
    test: str,
    results: Path,
    besides: Besides,
) -> dict[str, Any]:
    """The metrics of predicted points (N, K, 2), photo pixels.

    Args:
        found, baseline: the errors of the points, and of the mean shape.
        normaliser: its name.
        test: how the test split was made, `official`, `hash` or `all`.
        results: written as .json (metrics), .csv (the NME of each face), .jpg (a sheet of test faces) and -worst.jpg
            (the faces with the largest errors).
    """
    named = without_official_subsets(store) if test == "hash" else store
    drawn = Drawn(
        apply(store.affine, predicted)[:, matched.predicted],
        store.landmarks[:, matched.true],
        found.labelled,
        found.nme,
        besides.ellipses,
    )
    worst, worst_faces = worst_sheet(store, found.nme, drawn)
    metrics = {
        **score(found, baseline, named, settings.resamples),
        **by_visibility(found, store, matched),
        "nme_inner": nme_of(found, np.isin(np.arange(len(matched.true)), matched.inner)),
        "last": besides.last,
        "region": regions(found, store.scheme, matched),
        "landmark": landmarks(found, matched),
        "shape": drawing(found, store, matched),
        "uncertainty": besides.uncertainty,
        "robustness": besides.robustness,
        "exported": besides.exported,
        "worst": [
            {"face": store.face[i], "nme": float(found.nme[i]), "subsets": named.subsets[i]}
            for i in worst_faces
        ],
        "selection": "best epoch on the validation split",
        "flip_average": settings.flip_average,
        "normaliser": normaliser,
        "test": test,
        "scheme": matched.schemes,
        "points": matched.description,
        "convention": matched.convention,
        "box": store.box_rule,
        **besides.more,
    }
    face_errors.write(per_face(found, named), results.with_suffix(".csv"))
    shown = sheet(store, spread(found.nme, settings.sheet_faces), drawn)
    replace(results.with_suffix(".jpg"), jpeg(shown))
    replace(results.with_name(f"{results.name}-worst.jpg"), jpeg(worst))
    replace(results.with_suffix(".json"), json.dumps(metrics, indent=2) + "\n")
    return metrics
