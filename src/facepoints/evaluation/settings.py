"""What `evaluate` in params.yaml says."""

from typing import Annotated

from pydantic import Field, model_validator

from facepoints.parameters import Settings

MOST_LEVELS = 16  # each scores every face of the sample once more

Percent = Annotated[float, Field(gt=0, lt=100)]


class RobustnessSettings(Settings):
    """Test faces scored again in worse boxes and worse pictures; a list without an entry leaves its kind out."""

    enabled: bool
    faces: int = Field(ge=1, le=200)  # a sample of the test faces, the same for all models
    rotation: list[Annotated[float, Field(gt=0, le=180)]]  # degrees, one way or the other
    scale: list[Percent]  # of the box's side, larger or smaller
    shift: list[Percent]  # of the view's side, in any direction
    blur: list[Annotated[float, Field(gt=0, le=10)]]  # sigma, percent of the view's side
    noise: list[Percent]  # deviation, percent of the range from black to white
    jpeg: list[Annotated[int, Field(ge=1, le=100)]]  # quality
    darkness: list[Percent]  # of the light that is taken away
    occlusion: list[Percent]  # of the view that a rectangle covers

    def levels(self) -> list[tuple[str, float]]:
        """Every kind with each of its strengths, in the order of the fields."""
        lists = self.model_dump(exclude={"enabled", "faces"})
        return [(kind, strength) for kind, strengths in lists.items() for strength in strengths]

    @model_validator(mode="after")
    def _few(self) -> "RobustnessSettings":
        if len(self.levels()) > MOST_LEVELS:
            raise ValueError(
                f"expected at most {MOST_LEVELS} strengths in all; found {len(self.levels())}"
            )
        return self


class EvaluationSettings(Settings):
    """How predictions on a test split are measured."""

    normaliser: str | None  # one of the test set's scheme, or box; null takes its first
    flip_average: bool  # average each prediction with that for the mirrored face
    resamples: int = Field(ge=100)  # of the bootstrap behind each interval
    sheet_faces: int = Field(ge=1, le=100)  # test faces drawn per cell
    threads: int = Field(ge=0)  # of the CPU; 0 takes all cores
    exported: bool  # whether the exported models are scored too
    robustness: RobustnessSettings
