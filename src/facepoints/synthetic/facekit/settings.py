"""What can be set about faces from ICT-FaceKit."""

from typing import Annotated

from pydantic import Field, field_validator

from facepoints.synthetic.settings import PictureSettings

# In the order in which they change the picture.
FACTORS = (
    "identity",
    "expression",
    "pose",
    "skin",
    "makeup",
    "eyes",
    "brows",
    "lashes",
    "hair",
    "beard",
    "mask",
    "headwear",
    "clothes",
    "glasses",
    "occluder",
    "light",
    "background",
    "sensor",
)
# Of the points that the same pictures can have.
SCHEMES = ("ibug68", "ibug68_mesh", "synthetics70", "wflw98")


class FacekitSettings(PictureSettings):
    """The data set rendered from ICT-FaceKit. Recommended: 10,000 faces, turns of 60, 30 and 35 degrees.

    shadows: whether lights cast them
    factors: how strongly each factor varies: 0 not at all, 1 as in the world [1]; factors draw from random numbers of
             their own, so that one can be left out and all else stays
    reseed:  other seeds than `seed` for single factors
    """

    shadows: bool
    factors: dict[str, Annotated[float, Field(ge=0, le=2)]]
    reseed: dict[str, Annotated[int, Field(ge=0)]]

    @field_validator("factors")
    @classmethod
    def _every_factor(cls, factors: dict[str, float]) -> dict[str, float]:
        wrong = sorted(set(factors) ^ set(FACTORS))
        if wrong:
            raise ValueError(
                f"missing or unknown: {', '.join(wrong)}; expected each of {', '.join(FACTORS)}"
            )
        return factors

    @field_validator("reseed")
    @classmethod
    def _known(cls, reseed: dict[str, int]) -> dict[str, int]:
        unknown = sorted(set(reseed) - set(FACTORS))
        if unknown:
            raise ValueError(
                f"unknown: {', '.join(unknown)}; expected some of {', '.join(FACTORS)}"
            )
        return reseed
