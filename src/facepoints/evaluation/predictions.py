"""The points that a model gives for many faces."""

import torch

from facepoints import FacepointsError
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.models.model import LandmarkModel
from facepoints.models.predicting import predict, predict_flipped
from facepoints.models.prediction import Prediction
from facepoints.schemes.scheme import Scheme
from facepoints.store.faces import Encoded, Faces


def points_of(
    model: LandmarkModel, faces: Faces | Encoded, scheme: Scheme, settings: EvaluationSettings
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
