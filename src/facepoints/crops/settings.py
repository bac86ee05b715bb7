"""What `cache` in params.yaml says: which square of a photo becomes a crop."""

from typing import Literal

from pydantic import Field

from facepoints.crops.extent import PaddingUnit
from facepoints.parameters import Settings

Rule = Literal["landmarks", "annotated", "detector", "image"]


class CropSettings(Settings):
    """How crops are cut and stored."""

    side: int = Field(ge=32, le=1024)  # side of the view, pixels
    margin: float = Field(ge=0, le=1)  # what is kept beyond the view on each side, in view sides
    box: Rule  # what the view is built around
    padding: float = Field(ge=0)  # added to the box on each side
    padding_unit: PaddingUnit
    keep_aspect: bool  # a square around the box, or the box squeezed into a square
    quality: int = Field(ge=1, le=100)  # of the stored JPEG

    @property
    def margin_pixels(self) -> int:
        """The margin in whole pixels of the view."""
        return round(self.margin * self.side)


class CacheSettings(CropSettings):
    """All of `cache`: the crops, and what may go wrong on the way to them."""

    # faces that the detector misses: cut by their landmark box, or left out; only read for box: detector
    missed: Literal["landmarks", "leave_out"]
    max_unreadable: float = Field(ge=0, le=1)  # share of faces that may be left out
