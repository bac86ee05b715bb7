"""What an entry of `augmentation` in params.yaml says; a transform that is not named is not done."""

from typing import Annotated

from pydantic import AfterValidator, Field

from facepoints.parameters import Settings

Probability = Annotated[float, Field(ge=0, le=1)]


def _ordered(bounds: list[float]) -> list[float]:
    if not 0 <= bounds[0] <= bounds[1] <= 1:
        raise ValueError("expected two shares, 0 ≤ from ≤ to ≤ 1")
    return bounds


def _qualities(bounds: list[int]) -> list[int]:
    if not 1 <= bounds[0] <= bounds[1] <= 100:
        raise ValueError("expected two whole numbers, 1 ≤ from ≤ to ≤ 100")
    return bounds


Pair = Field(min_length=2, max_length=2)
Bounds = Annotated[list[float], Pair, AfterValidator(_ordered)]
Qualities = Annotated[list[int], Pair, AfterValidator(_qualities)]


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


class Shear(Settings):
    """Upright lines lean by one angle, level lines by another."""

    probability: Probability
    degrees: float = Field(ge=0, le=40)  # at most this much either way


class Perspective(Settings):
    """One side of the view comes nearer, the other recedes; in x and in y."""

    probability: Probability
    # At most: a side of the view becomes 1 / (1 ± strength) times as long. Up to 0.3 all of a crop with the usual
    # margin stays before the horizon.
    strength: float = Field(ge=0, le=0.3)


class Colour(Settings):
    """Strengths as of torchvision's ColorJitter, in this order."""

    probability: Probability
    brightness: float = Field(ge=0, le=1)  # times 1 ± at most this
    contrast: float = Field(ge=0, le=1)  # distance from the mean grey, times 1 ± at most this
    saturation: float = Field(ge=0, le=1)  # distance from the own grey, times 1 ± at most this
    hue: float = Field(ge=0, le=0.5)  # at most this share of the colour circle, either way


class Gamma(Settings):
    """Each value to a power."""

    probability: Probability
    factor: float = Field(ge=1, le=5)  # power from 1 / factor to factor, uniform in its logarithm


class Grayscale(Settings):
    """All three channels the same."""

    probability: Probability


class Blur(Settings):
    """Gaussian."""

    probability: Probability
    sigma: Bounds  # in view sides, from … to


class MotionBlur(Settings):
    """The mean over a straight way in a random direction."""

    probability: Probability
    length: Bounds  # in view sides, from … to


class Noise(Settings):
    """Gaussian, each value for itself."""

    probability: Probability
    deviation: Bounds  # share of the range from black to white, from … to


class Quantisation(Settings):
    """What JPEG loses."""

    probability: Probability
    quality: Qualities  # as of libjpeg, from … to


class Occlusion(Settings):
    """One rectangle of a single random colour."""

    probability: Probability
    area: Bounds  # share of the view, from … to


class Patch(Settings):
    """One rectangle that shows a part of another face of the batch."""

    probability: Probability
    area: Bounds  # share of the view, from … to


class AugmentationSettings(Settings):
    """One named augmentation."""

    flip: Flip | None = None
    rotation: Rotation | None = None
    scale: Scale | None = None
    translation: Translation | None = None
    shear: Shear | None = None
    perspective: Perspective | None = None
    colour: Colour | None = None
    grayscale: Grayscale | None = None
    gamma: Gamma | None = None
    blur: Blur | None = None
    motion_blur: MotionBlur | None = None
    noise: Noise | None = None
    quantisation: Quantisation | None = None
    occlusion: Occlusion | None = None
    patch: Patch | None = None
