"""What can be set about the drawn faces."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from facepoints.parameters import Settings


class PictureSettings(Settings):
    """What every drawn set has. Recommended values in brackets, of the head of this project's own.

    faces:      how many are drawn [2000]
    seed:       of all random choices; face i depends on the seed and i alone [0]
    side:       of the square picture, pixels [256]
    yaw, pitch, roll: largest turn to either side, degrees [50, 25, 30]
    fill:       smallest and largest share of the picture's side that the landmarks' box takes
                [0.4, 0.65]
    shift:      largest distance of that box's centre from the picture's, share of the side [0.08]
    """

    faces: int = Field(gt=0)
    seed: int = Field(ge=0)
    side: int = Field(ge=32, le=2048)
    yaw: float = Field(ge=0, le=90)
    pitch: float = Field(ge=0, le=60)
    roll: float = Field(ge=0, le=180)
    fill: Annotated[list[float], Field(min_length=2, max_length=2)]
    shift: float = Field(ge=0, le=0.5)

    @model_validator(mode="after")
    def _fill_is_a_range(self) -> Self:
        low, high = self.fill
        if not 0 < low <= high <= 1.5:
            raise ValueError("fill: expected two shares, 0 < smallest <= largest <= 1.5")
        return self


class SyntheticSettings(PictureSettings):
    """The drawn data set. Recommended values in brackets.

    identity:   how much faces differ, 0 none, 1 as people do [1.0]
    expression: how strong expressions are, 0 none, 1 up to a wide open mouth [1.0]
    blur:       largest standard deviation of the blur, pixels [1.2]
    noise:      largest standard deviation of the sensor's noise, grey levels [10.0]
    """

    identity: float = Field(ge=0, le=1.5)
    expression: float = Field(ge=0, le=1)
    blur: float = Field(ge=0)
    noise: float = Field(ge=0)
