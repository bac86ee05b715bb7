"""The error that a model card names: on validation faces, because only evaluate reads the test split."""

from typing import Any

from facepoints.evaluation.points import match
from facepoints.evaluation.score import errors, per_face, scores
from facepoints.models.model import LandmarkModel
from facepoints.models.predicting import predict
from facepoints.store.crops import Crops
from facepoints.store.faces import encoded, photo_points

RESAMPLES = 2000  # of the bootstrap


def validation_nme(model: LandmarkModel, store: Crops) -> dict[str, Any]:
    """The NME on the faces of a validation split, in percent, with its 95 % interval."""
    scheme = store.scheme
    faces = encoded(store, model.input)
    predicted = photo_points(predict(model, faces).points.numpy(), store)
    true = photo_points(faces.points.numpy(), store)
    found = errors(predicted, true, store, match(scheme, scheme), scheme.normaliser)
    score = scores(per_face(found, store), RESAMPLES)
    return {
        "split": "validation",
        "note": "the epoch was chosen on these faces; the test split's figures stand in the project's metrics",
        "percent": round(score["nme"], 3),
        "interval": None if score["nme_low"] is None else [round(score[end], 3) for end in ("nme_low", "nme_high")],
        "normaliser": scheme.normaliser,
        "faces": score["faces"],
        "groups": score["groups"],
    }
