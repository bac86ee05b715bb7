"""Losses by name, each in its unit."""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from facepoints.models import covariance_losses, losses, map_losses
from facepoints.models.covariance_losses import CovarianceLoss
from facepoints.models.losses import Loss
from facepoints.models.map_losses import MapLoss
from facepoints.models.prediction import Prediction
from facepoints.models.settings import LossSettings

POINT_LOSSES: dict[str, Callable[..., Loss]] = {
    "l1": lambda: losses.l1,
    "l2": lambda: losses.l2,
    "smooth_l1": losses.smooth_l1,
    "wing": losses.wing,
    "soft_wing": losses.soft_wing,
    "euclidean": lambda: losses.euclidean,
}
COVARIANCE_LOSSES: dict[str, Callable[..., CovarianceLoss]] = {
    "star": covariance_losses.star,
    "gaussian_nll": lambda floor: partial(covariance_losses.gaussian_nll, floor=floor),
}
MAP_LOSSES: dict[str, Callable[..., MapLoss]] = {
    "l2": lambda: map_losses.l2,
    "adaptive_wing": map_losses.adaptive_wing,
}


class Criterion:
    """A coordinate loss between predictions and points in view units, computed in the loss's unit.

    Args:
        view: side of the view in pixels, the unit of `pixel` losses.
    """

    def __init__(self, settings: LossSettings, view: int) -> None:
        self.unit = float(view) if settings.unit == "pixel" else 1.0
        self.point_loss: Loss | None = None
        self.covariance_loss: CovarianceLoss | None = None
        if settings.name in POINT_LOSSES:
            self.point_loss = POINT_LOSSES[settings.name](**settings.options)
        else:
            floor = covariance_losses.FLOOR * self.unit**2
            self.covariance_loss = COVARIANCE_LOSSES[settings.name](**settings.options, floor=floor)

    def __call__(self, prediction: Prediction, points: Tensor, labelled: Tensor) -> Tensor:
        """Scalar loss against true points (B, K, 2) where labelled (B, K)."""
        predicted, true = prediction.points * self.unit, points * self.unit
        if self.point_loss is not None:
            return self.point_loss(predicted, true, labelled)
        assert self.covariance_loss is not None
        assert prediction.covariance is not None  # settings.PAIRS sees to it
        covariance = prediction.covariance * self.unit**2
        return self.covariance_loss(predicted, covariance, true, labelled)


def build(settings: LossSettings, view: int) -> Criterion | MapLoss:
    """The loss that a head learns by: of maps where its unit is `map`, of coordinates otherwise."""
    if settings.unit == "map":
        return MAP_LOSSES[settings.name](**settings.options)
    return Criterion(settings, view)
