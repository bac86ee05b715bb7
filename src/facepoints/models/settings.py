"""What an entry of `model` in params.yaml says: backbone, head and loss."""

from typing import Literal

from pydantic import Field, model_validator

from facepoints.parameters import Settings

CUSTOM_CNN_INPUT = 224  # its last block leaves a single cell of no other size


class HeadSettings(Settings):
    """From feature map to points."""

    name: Literal["regression"]
    pool: Literal["average", "flatten"]  # average the feature map, or keep its cells apart
    sigmoid: bool  # bound the points to the view
    dropout: float = Field(ge=0, lt=1)


class LossSettings(Settings):
    """What training minimises, over labelled points only."""

    name: Literal["wing", "smooth_l1", "l1", "l2", "euclidean"]
    unit: Literal["view", "pixel"]  # of the view: its side, or its pixels
    w: float | None = Field(default=None, gt=0)  # wing: where it turns from logarithm to line
    epsilon: float | None = Field(default=None, gt=0)  # wing: curvature of the logarithm
    beta: float | None = Field(default=None, gt=0)  # smooth_l1: where it turns from square to line

    @model_validator(mode="after")
    def _own_options(self) -> "LossSettings":
        needed = {"wing": {"w", "epsilon"}, "smooth_l1": {"beta"}}.get(self.name, set())
        given = {key for key in ("w", "epsilon", "beta") if getattr(self, key) is not None}
        if needed != given:
            raise ValueError(
                f"loss {self.name} takes {' and '.join(sorted(needed)) or 'no further key'}, "
                f"not {' and '.join(sorted(given)) or 'none'}"
            )
        return self


class ModelSettings(Settings):
    """One named model."""

    backbone: str  # custom_cnn, or a torchvision classification model
    weights: Literal["none", "imagenet"]  # what the backbone starts from
    input: int = Field(ge=32, le=1024)  # side of the square image that the net sees, pixels
    normalise: Literal["half", "imagenet"]  # (x − 0.5) / 0.5, or ImageNet's mean and deviation
    batch_norm_momentum: float | None = Field(gt=0, le=1)  # of the backbone; null keeps its own
    head: HeadSettings
    loss: LossSettings

    @model_validator(mode="after")
    def _custom_cnn(self) -> "ModelSettings":
        if self.backbone == "custom_cnn" and self.input != CUSTOM_CNN_INPUT:
            raise ValueError(
                f"custom_cnn takes images of {CUSTOM_CNN_INPUT} pixels, not {self.input}: set input"
            )
        if self.backbone == "custom_cnn" and self.weights != "none":
            raise ValueError("custom_cnn has no ImageNet weights: set weights to none")
        return self
