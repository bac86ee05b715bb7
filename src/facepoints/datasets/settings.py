"""dataset.NAME of params.yaml."""

from pathlib import PurePosixPath
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from facepoints.datasets.options import CocoOptions, DlibOptions, PtsOptions, TableOptions
from facepoints.parameters import Settings
from facepoints.schemes.library import is_file
from facepoints.synthetic.facekit.settings import SCHEMES as FACEKIT_SCHEMES
from facepoints.synthetic.facekit.settings import FacekitSettings
from facepoints.synthetic.settings import SyntheticSettings


class NoOptions(Settings):
    """Options of a format that has none."""


OPTIONS: dict[str, type[Settings]] = {
    "synthetic": SyntheticSettings,
    "facekit": FacekitSettings,
    "muct": NoOptions,
    "w300": NoOptions,
    "wflw": NoOptions,
    "youtube_faces": NoOptions,
    "face_synthetics": NoOptions,
    "cofw68": NoOptions,
    "csv": TableOptions,
    "pts": PtsOptions,
    "coco": CocoOptions,
    "dlib": DlibOptions,
}

# Schemes that a format's labels follow; None: any, also one in a file among the raw files.
SCHEMES: dict[str, tuple[str, ...] | None] = {
    "synthetic": ("ibug68",),
    "facekit": FACEKIT_SCHEMES,
    "muct": ("muct76",),
    "w300": ("ibug68",),
    "wflw": ("wflw98",),
    "youtube_faces": ("ibug68",),
    "face_synthetics": ("synthetics70",),
    "cofw68": ("ibug68",),
    "csv": None,
    "pts": None,
    "coco": None,
    "dlib": None,
}

# Formats that have an official test split.
OFFICIAL: tuple[str, ...] = ("w300", "wflw", "cofw68", "csv")

# Formats whose labels can carry a face box.
ANNOTATED: tuple[str, ...] = ("wflw", "cofw68", "csv", "coco", "dlib")

# Formats of which the first N faces can be had without the others.
FIRST: tuple[str, ...] = ("face_synthetics",)


class DatasetSettings(Settings):
    """How one data set is read and tested."""

    format: Literal[
        "synthetic",
        "facekit",
        "muct",
        "w300",
        "wflw",
        "youtube_faces",
        "face_synthetics",
        "cofw68",
        "csv",
        "pts",
        "coco",
        "dlib",
    ]
    scheme: str
    digest: str | None = Field(pattern="^[0-9a-f]{64}$")  # SHA-256 of the raw files
    faces: int | None = Field(ge=1)  # only the first of them
    test: Literal["official", "hash", "all"]
    options: dict[str, Any]  # checked as OPTIONS[format]

    @model_validator(mode="after")
    def _check(self) -> Self:
        allowed = SCHEMES[self.format]
        if allowed is not None and self.scheme not in allowed:
            raise ValueError(
                f"scheme {self.scheme!r} does not fit format {self.format}; "
                f"allowed: {', '.join(allowed)}"
            )
        if self.test == "official" and self.format not in OFFICIAL:
            raise ValueError(
                f"test: format {self.format} has no official test split (formats that have one: "
                f"{', '.join(OFFICIAL)}); use hash"
            )
        if self.faces is not None and self.format not in FIRST:
            raise ValueError(
                f"faces: format {self.format} is only to be had whole (formats of which it is not: "
                f"{', '.join(FIRST)}); leave it empty"
            )
        return self

    @field_validator("scheme")
    @classmethod
    def _inside(cls, scheme: str) -> str:
        path = PurePosixPath(scheme)
        if is_file(scheme) and (path.is_absolute() or ".." in path.parts):
            raise ValueError("expected a path below the set's folder")
        return scheme
