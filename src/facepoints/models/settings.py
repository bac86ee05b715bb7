"""What an entry of `model` in params.yaml says: backbone, head and loss."""

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from facepoints.parameters import Settings

CUSTOM_CNN_INPUT = 224  # the reference's; its last block leaves a single cell of 190 to 253

LEAST_SIGMA = 0.75  # cells

NOT_KEPT = ("none", "imagenet")  # starts that are no file in weights/
KEPT_NAME = re.compile(r"[a-z][a-z0-9_]*")

# The options that each loss takes besides its unit; their formulas stand with the losses.
LOSS_OPTIONS: dict[str, set[str]] = {
    "l1": set(),
    "l2": set(),
    "smooth_l1": {"beta"},
    "wing": {"w", "epsilon"},
    "soft_wing": {"omega1", "omega2", "epsilon"},
    "euclidean": set(),
    "star": {"beta", "omega"},
    "gaussian_nll": set(),
    "adaptive_wing": {"alpha", "omega", "epsilon", "theta", "weight"},
}
_POINT_LOSSES = ("wing", "soft_wing", "smooth_l1", "l1", "l2", "euclidean")
# Which losses make sense for which head. star needs a distribution over places, gaussian_nll a covariance;
# the losses of heat maps compare maps.
PAIRS: dict[str, tuple[str, ...]] = {
    "regression": (*_POINT_LOSSES, "gaussian_nll"),
    "pip": _POINT_LOSSES,
    "heatmap": ("l2", "adaptive_wing"),
    "soft_argmax": (*_POINT_LOSSES, "star", "gaussian_nll"),
}


class RegressionSettings(Settings):
    """One dense layer to the coordinates."""

    name: Literal["regression"]
    pool: Literal["average", "flatten"]  # average the feature map, or keep its cells apart
    sigmoid: bool  # bound the points to the view
    dropout: float = Field(ge=0, lt=1)


class PipSettings(Settings):
    """Pixel-in-Pixel: a score per cell of the backbone's last map, and offsets from the cell."""

    name: Literal["pip"]
    neighbours: int = Field(ge=0)  # nearest points of the mean shape that each cell places too
    score_weight: float = Field(gt=0)  # of the score maps' loss beside the offsets'
    smoothing: float = Field(ge=0, lt=1)  # of the score maps' targets


class _Maps(Settings):
    """Maps finer than the backbone's last one."""

    maps: Literal["deconvolution", "pyramid", "concatenation"]  # how they are made
    stride: Literal[2, 4, 8, 16]  # pixels of the input per cell
    channels: int = Field(ge=8)  # of the layers that make them
    sigma: float = Field(gt=0)  # of the target Gaussians, cells
    smoothing: float = Field(ge=0, lt=1)  # of the targets


class HeatmapSettings(_Maps):
    """A score map per point, and offset maps that say where in the cell."""

    name: Literal["heatmap"]
    decoding: Literal["offset", "dark"]  # of the best cell: its offsets, or DARK's Taylor step
    offset_weight: float = Field(ge=0)  # of the offset maps' loss; unused by dark

    @model_validator(mode="after")
    def _reach(self) -> "HeatmapSettings":
        # A point lies up to √½ cells from the nearest centre, and offsets are learnt within σ.
        if self.decoding == "offset" and self.sigma < LEAST_SIGMA:
            raise ValueError(
                f"decoding offset needs a sigma of {LEAST_SIGMA} cells or more, not {self.sigma:g}: raise sigma, or "
                "set decoding to dark"
            )
        return self


class SoftArgmaxSettings(_Maps):
    """A distribution over cells per point; the point is its mean."""

    name: Literal["soft_argmax"]
    divergence: Literal["kl", "js"]  # from a Gaussian around the true point
    divergence_weight: float = Field(ge=0)


HeadSettings = Annotated[
    RegressionSettings | PipSettings | HeatmapSettings | SoftArgmaxSettings,
    Field(discriminator="name"),
]


class LossSettings(Settings):
    """What training minimises, over labelled points only."""

    name: Literal[
        "wing",
        "soft_wing",
        "smooth_l1",
        "l1",
        "l2",
        "euclidean",
        "star",
        "gaussian_nll",
        "adaptive_wing",
    ]
    unit: Literal["view", "pixel", "map"]  # the view's side, its pixels; of maps: their values
    w: float | None = Field(default=None, gt=0)
    beta: float | None = Field(default=None, gt=0)
    alpha: float | None = Field(default=None, gt=2)
    omega: float | None = Field(default=None, gt=0)
    omega1: float | None = Field(default=None, gt=0)
    omega2: float | None = Field(default=None, gt=0)
    epsilon: float | None = Field(default=None, gt=0)
    theta: float | None = Field(default=None, gt=0, lt=1)
    weight: float | None = Field(default=None, ge=0)

    @property
    def options(self) -> dict[str, float]:
        """The loss's own options."""
        return self.model_dump(exclude={"name", "unit"}, exclude_none=True)

    @model_validator(mode="after")
    def _own_options(self) -> "LossSettings":
        needed, given = LOSS_OPTIONS[self.name], set(self.options)
        if needed != given:
            raise ValueError(
                f"loss {self.name} takes {' and '.join(sorted(needed)) or 'no further key'}, "
                f"not {' and '.join(sorted(given)) or 'none'}"
            )
        return self


class ModelSettings(Settings):
    """One named model."""

    backbone: str  # custom_cnn, a torchvision classification model, or timm:NAME
    weights: str  # what it starts from: none, imagenet (the backbone), or the name of kept weights
    freeze: bool  # leave the backbone as it starts: only the head learns
    input: int = Field(ge=32, le=1024)  # side of the square image that the net sees, pixels
    normalise: Literal["half", "imagenet"]  # (x − 0.5) / 0.5, or ImageNet's mean and deviation
    batch_norm_momentum: float | None = Field(gt=0, le=1)  # of the backbone; null keeps its own
    learning_rate: float | None = Field(gt=0)  # null takes train.learning_rate
    head: HeadSettings
    loss: LossSettings

    @field_validator("weights")
    @classmethod
    def _named(cls, weights: str) -> str:
        if not KEPT_NAME.fullmatch(weights):
            raise ValueError(
                f"must be {', '.join(NOT_KEPT)} or a name of kept weights: small letters, digits, _, a letter first"
            )
        return weights

    @model_validator(mode="after")
    def _pair(self) -> "ModelSettings":
        allowed = PAIRS[self.head.name]
        if self.loss.name not in allowed:
            raise ValueError(
                f"head {self.head.name} cannot learn by loss {self.loss.name}; it takes "
                f"{', '.join(allowed)}"
            )
        if (self.loss.unit == "map") != (self.head.name == "heatmap"):
            raise ValueError(
                f"head {self.head.name} needs loss.unit {_units(self.head.name)}, not {self.loss.unit}"
            )
        return self

    @model_validator(mode="after")
    def _custom_cnn(self) -> "ModelSettings":
        if self.backbone == "custom_cnn" and self.input != CUSTOM_CNN_INPUT:
            raise ValueError(
                f"custom_cnn takes images of {CUSTOM_CNN_INPUT} pixels, not {self.input}: set input"
            )
        if self.backbone == "custom_cnn" and self.weights == "imagenet":
            raise ValueError(
                "custom_cnn has no ImageNet weights: set weights to none, or to kept weights of a custom_cnn"
            )
        return self

    @model_validator(mode="after")
    def _frozen(self) -> "ModelSettings":
        if self.freeze and self.weights == "none":
            raise ValueError(
                "freeze: true with weights: none would keep a backbone of random weights: set weights to "
                "imagenet or kept weights, or freeze to false"
            )
        return self


def _units(head: str) -> str:
    return "map (its loss compares maps)" if head == "heatmap" else "view or pixel"
