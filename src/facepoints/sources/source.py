"""sources/NAME/source.yaml: what a public set is, what it allows, and where it comes from."""

import re
from pathlib import Path, PurePosixPath
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from facepoints import FacepointsError
from facepoints.parameters import Settings, checked, read

FILE = "source.yaml"
COPIES = "FACEPOINTS_DATA"


class SourceFile(Settings):
    """One file to fetch, from an address or from Google Drive.

    Attributes:
        gdrive: the file's id there.
        name: what it is called here; by default the last part of the address.
        into: the folder, below the set's, for the file or for what it holds.
        faces: how many faces the archive holds, in a set that can be had in part.
    """

    url: str | None = Field(None, pattern="^https?://")
    gdrive: str | None = Field(None, pattern=r"^[\w-]+$")
    name: str = Field(pattern=r"^\w[\w.-]*$")
    sha256: str | None = Field(pattern="^[0-9a-f]{64}$")
    unpack: bool
    into: str
    faces: int | None = Field(None, ge=1)

    @property
    def address(self) -> str:
        """Where it comes from, for people."""
        return self.url or f"Google Drive {self.gdrive} ({self.name})"

    @model_validator(mode="before")
    @classmethod
    def _named(cls, content: Any) -> Any:
        if isinstance(content, dict) and isinstance(content.get("url"), str):
            return {"name": PurePosixPath(urlsplit(content["url"]).path).name, **content}
        return content

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url is None) == (self.gdrive is None):
            raise ValueError("expected either url or gdrive")
        return self

    @field_validator("into")
    @classmethod
    def _inside(cls, into: str) -> str:
        return _relative(into)


class Source(Settings):
    """A public set, or one that is drawn and needs no fetching."""

    title: str
    folder: str = Field(pattern=r"^\w[\w.-]*$")  # below FACEPOINTS_DATA
    homepage: str | None
    licence: str
    citation: str
    redistribute: bool
    faces: int | None = Field(ge=1)  # in the whole set
    contents: list[str]  # glob patterns of the files that belong to the set
    notices: list[str] = Field([])  # names of files that its licence wants beside every copy
    files: list[SourceFile]
    how: str | None = None  # by hand, where `files` is empty
    drawn: bool = False
    # The names of one face's files, for sets that can be had in part; its first group is the face.
    face: str | None = None

    @property
    def by_hand(self) -> str:
        """How to get the set without this program, in words."""
        how = f"{self.how} " if self.how else ""
        return (
            f"To get it by hand, see {self.homepage} (licence: {self.licence}). {how}"
            f"Put the files into a folder {self.folder}/ and name the folder above it, by its "
            f"absolute path, in the environment variable {COPIES}."
        )

    @field_validator("contents")
    @classmethod
    def _patterns_inside(cls, contents: list[str]) -> list[str]:
        return [_relative(pattern) for pattern in contents]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.drawn:
            return self
        if not self.contents or self.homepage is None:
            raise ValueError("contents and homepage must be given unless drawn: true")
        if not self.files and not self.how:
            raise ValueError("files is empty, so how must say how to get the set by hand")
        names = [file.name for file in self.files]
        if len(set(names)) != len(names):
            raise ValueError("every file in files must have a name of its own")
        return self

    @model_validator(mode="after")
    def _in_part(self) -> Self:
        if self.face is None:
            if any(file.faces is not None for file in self.files):
                raise ValueError("faces in files needs face, the names of one face's files")
            return self
        if not all(file.faces and file.unpack and file.url for file in self.files):
            raise ValueError("with face, files must be archives that state url and faces")
        try:
            groups = re.compile(self.face).groups
        except re.error as error:
            raise ValueError(f"face is no regular expression: {error}") from error
        if groups < 1:
            raise ValueError("face must hold a group: the name of the face")
        return self


def read_source(folder: Path) -> Source:
    """The description in `folder`.

    Raises:
        FacepointsError: it is missing or wrong; the message names file and key.
    """
    path = folder / FILE
    if not path.is_file():
        raise FacepointsError(
            f"{path}: missing. It describes where data set {folder.name} comes from; "
            "write one like those beside it."
        )
    return checked(read(path), "", Source, path)


def redistributable(folder: Path) -> bool:
    """Whether pictures of the set may be shown to others; of own data, which nothing is said about, not.

    Raises:
        FacepointsError: its description is wrong.
    """
    return (folder / FILE).is_file() and read_source(folder).redistribute


def licence(folder: Path) -> str:
    """What a set's terms allow, for whoever gets what was made of it.

    Raises:
        FacepointsError: its description is wrong.
    """
    if not (folder / FILE).is_file():
        return "own data: whoever trained this model says who may use it"
    return read_source(folder).licence


def _relative(path: str) -> str:
    """The path, unless it leads out of the folder that it is relative to."""
    if not path or path.startswith("/") or "\\" in path or ".." in PurePosixPath(path).parts:
        raise ValueError("expected a path below the set's folder, with slashes")
    return path
