"""What an entry of `augmentation` in params.yaml says; a transform that is not named is not done."""

from typing import Annotated

from pydantic import AfterValidator, Field

from facepoints.parameters import Settings

Probability = Annotated[float, Field(ge=0, le=1)]


def _ordered(bounds: list[float]) -> list[float]:
    if not 0 <= bounds[0] <= bounds[1] <= 1:
        raise ValueError("expected two shares, 0 ≤ from ≤ to ≤ 1")
    return bounds


Bounds = Annotated[list[float], Field(min_length=2, max_length=2), AfterValidator(_ordered)]


class Flip(Settings):
    """Left and right exchanged, points renamed by the scheme's mirror."""

    probability: Probability


class Rotation(Settings):
    """About the centre of the view."""

    probability: Probability
    degrees: float = Field(ge=0, le=180)  # at most this much either way


class Scale(Settings):
    """About the centre of the view."""

    probability: Probability
    factor: float = Field(ge=1, le=3)  # between 1 / factor and factor, uniform in its logarithm


class Translation(Settings):
    """In x and y."""

    probability: Probability
    sides: float = Field(ge=0, le=1)  # at most this share of the view's side


class Blur(Settings):
    """Gaussian."""

    probability: Probability
    sigma: Bounds  # in view sides, from … to


class Occlusion(Settings):
    """One rectangle of a single random colour."""

    probability: Probability
    area: Bounds  # share of the view, from … to


class AugmentationSettings(Settings):
    """One named augmentation."""

    flip: Flip | None = None
    rotation: Rotation | None = None
    scale: Scale | None = None
    translation: Translation | None = None
    blur: Blur | None = None
    occlusion: Occlusion | None = None
