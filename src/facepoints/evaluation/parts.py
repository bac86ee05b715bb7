"""Where on the face errors are: per landmark, per region, and the shape that they are drawn on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints.evaluation.points import Matched
from facepoints.evaluation.score import Errors, nme_of
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import Crops
from facepoints.store.faces import mean_shape


def landmarks(found: Errors, matched: Matched) -> dict[str, float]:
    """The mean error of each point in percent of the normaliser, by its index in the true scheme.

    A point that is never labelled has none; one that several predicted points are compared with has their mean.
    """
    usable = np.isfinite(found.divisor)
    error = 100 * found.points[usable] / found.divisor[usable, None]
    scores = {}
    for index in dict.fromkeys(matched.true):
        own = np.equal(matched.true, index)
        if (labelled := found.labelled[usable][:, own]).any():
            scores[str(index)] = round(float(error[:, own][labelled].mean()), 5)
    return scores


def regions(found: Errors, scheme: Scheme, matched: Matched) -> dict[str, float]:
    """The NME over the points of each region of the true scheme, as far as these are compared.

    Args:
        scheme: of the true points.
    """
    scores = {}
    for name in scheme.regions:
        inside = np.isin(matched.true, scheme.region(name))
        nme = nme_of(found, inside)
        if nme is not None:
            scores[name] = nme
    return scores


def by_visibility(found: Errors, store: Crops, matched: Matched) -> dict[str, float | None]:
    """The NME over the points that are seen, and over those annotated though hidden, where a set says which."""
    occlusion: NDArray[np.int8] = store.occlusion[:, matched.true]
    return {"nme_seen": nme_of(found, occlusion == 1), "nme_hidden": nme_of(found, occlusion == 0)}


def drawing(found: Errors, store: Crops, matched: Matched) -> dict[str, Any]:
    """The mean true shape of the matched points, and which of them lines join.

    Returns:
        points: x, y in view units, of those of the M matched points that are labelled in any face; indices: which these
        are in the true scheme; lines: runs of places among them; normaliser: its mean length in view units.
    """
    size = np.sqrt(np.abs(np.linalg.det(store.affine[:, :, :2]))) / store.settings.side
    ever = set(np.flatnonzero(store.labelled.any(axis=0)).tolist())
    indices = [index for index in dict.fromkeys(matched.true) if index in ever]
    place = {index: at for at, index in enumerate(indices)}
    runs = [[place[index] for index in run if index in place] for run in store.scheme.runs()]
    return {
        "points": mean_shape(store)[indices].astype(float).round(5).tolist(),
        "indices": indices,
        "lines": [run for run in runs if run],
        "normaliser": round(float(np.nanmean(found.divisor * size)), 5),
    }
