"""What `evaluate` in params.yaml says."""

from pydantic import Field

from facepoints.parameters import Settings


class EvaluationSettings(Settings):
    """How predictions on a test split are measured."""

    normaliser: str | None  # one of the test set's scheme, or box; null takes its first
    flip_average: bool  # average each prediction with that for the mirrored face
    resamples: int = Field(ge=100)  # of the bootstrap behind each interval
    sheet_faces: int = Field(ge=1, le=100)  # test faces drawn per cell
    threads: int = Field(ge=0)  # of the CPU; 0 takes all cores
