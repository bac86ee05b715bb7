"""dataset.NAME of params.yaml."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from facepoints.parameters import Settings
from facepoints.synthetic.settings import SyntheticSettings


class NoOptions(Settings):
    """Options of a format that has none."""


OPTIONS: dict[str, type[Settings]] = {
    "synthetic": SyntheticSettings,
    "muct": NoOptions,
    "w300": NoOptions,
}

# Schemes that a format's labels follow.
SCHEMES: dict[str, tuple[str, ...]] = {
    "synthetic": ("ibug68",),
    "muct": ("muct76",),
    "w300": ("ibug68",),
}

# Formats that have an official test split.
OFFICIAL: tuple[str, ...] = ("w300",)

# Formats whose labels carry a face box.
ANNOTATED: tuple[str, ...] = ()


class DatasetSettings(Settings):
    """How one data set is read and tested."""

    format: Literal["synthetic", "muct", "w300"]
    scheme: str
    digest: str | None = Field(pattern="^[0-9a-f]{64}$")  # SHA-256 of the raw files
    test: Literal["official", "hash"]
    options: dict[str, Any]  # checked as OPTIONS[format]

    @model_validator(mode="after")
    def _check(self) -> Self:
        allowed = SCHEMES[self.format]
        if self.scheme not in allowed:
            raise ValueError(
                f"scheme {self.scheme!r} does not fit format {self.format}; "
                f"allowed: {', '.join(allowed)}"
            )
        if self.test == "official" and self.format not in OFFICIAL:
            raise ValueError(
                f"test: format {self.format} has no official test split (formats that have one: "
                f"{', '.join(OFFICIAL)}); use hash"
            )
        return self
