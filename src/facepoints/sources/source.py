"""sources/NAME/source.yaml: what a public set is, what it allows, and where it comes from."""

from pathlib import Path, PurePosixPath
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from facepoints import FacepointsError
from facepoints.parameters import Settings, checked, read

FILE = "source.yaml"


class SourceFile(Settings):
    """One address; `into`: the folder, below the set's, for the file or for what it holds."""

    url: str = Field(pattern="^https?://")
    sha256: str | None = Field(pattern="^[0-9a-f]{64}$")
    unpack: bool
    into: str

    @property
    def name(self) -> str:
        """The last part of the address."""
        return PurePosixPath(urlsplit(self.url).path).name

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
    contents: list[str]  # glob patterns of the files that belong to the set
    files: list[SourceFile]
    how: str | None = None  # by hand, where `files` is empty
    drawn: bool = False

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
        if len(set(names)) != len(names) or "" in names:
            raise ValueError("every address in files must end in a file name of its own")
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


def _relative(path: str) -> str:
    """The path, unless it leads out of the folder that it is relative to."""
    if not path or path.startswith("/") or "\\" in path or ".." in PurePosixPath(path).parts:
        raise ValueError("expected a path below the set's folder, with slashes")
    return path
