"""dataset.NAME.options of the formats for own data; each has a default, so that {} serves."""

from typing import Literal

from pydantic import Field

from facepoints.parameters import Settings


class OwnOptions(Settings):
    """Options that all of them have.

    exif:        whether photos are turned as their EXIF block says; true where the labels were made
        in a tool that shows them so [true; dlib: false]
    first_pixel: what the labels call the centre of the top-left pixel: 0, 1 where they count from 1,
        0.5 where 0 is the photo's corner [0; pts: 1]
    """

    exif: bool = True
    first_pixel: float = Field(default=0.0, ge=0, le=1)


class TableOptions(OwnOptions):
    """csv.

    file: the table, below the set's folder; empty takes the only .csv file [empty]
    """

    file: str | None = None


class PtsOptions(OwnOptions):
    """pts, iBUG's format, which counts from 1."""

    first_pixel: float = Field(default=1.0, ge=0, le=1)


class CocoOptions(OwnOptions):
    """coco.

    file:      the labels, below the set's folder; empty takes the only .json file [empty]
    category:  name of the category whose keypoints are read; empty takes the only one [empty]
    images:    folder of the photos below the set's; empty looks in the set's folder itself, then in
        its images/ [empty]
    keypoints: key of the points in an annotation; face_kpts of COCO-WholeBody has 68 [keypoints]
    subject:   key of an annotation, of its attributes or of its image that says who it shows;
        empty keeps the faces of one photo together and no more [empty]
    """

    file: str | None = None
    category: str | None = None
    images: str | None = None
    keypoints: Literal["keypoints", "face_kpts"] = "keypoints"
    subject: str | None = None


class DlibOptions(OwnOptions):
    """dlib, whose tools ignore EXIF.

    file:  the labels, below the set's folder; empty takes the only .xml file [empty]
    parts: names of the parts in the order of the scheme; empty takes them for numbers [empty]
    """

    exif: bool = False
    file: str | None = None
    parts: list[str] | None = None
