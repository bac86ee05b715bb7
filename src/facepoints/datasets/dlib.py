"""Own data: the XML of dlib's imglab, <image file> with <box> and its <part name x y> each."""

import posixpath
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.face import UNKNOWN, Face, Listed
from facepoints.datasets.folder import below, label_file
from facepoints.datasets.image import read_image
from facepoints.datasets.numbers import finite, rectangle
from facepoints.datasets.options import DlibOptions
from facepoints.schemes.scheme import Scheme

Attributes = dict[str, str]
NUL = "\0"  # which XML cannot hold
RECTANGLE = ("left", "top", "width", "height")


@dataclass(frozen=True, slots=True)
class Box:
    """What a <box> of the file says, in its own words.

    Attributes:
        image: file of its image.
        number: which box of the image, from 1.
        sides: left, top, width, height.
        names: of the parts.
        coordinates: x and y of each part, joined by NUL: as words of their own they take five times the memory.
    """

    image: str
    number: int
    sides: tuple[str, ...]
    names: tuple[str, ...]
    coordinates: str


class Dlib:
    """A folder with photos and one XML file, whose paths are relative to it."""

    def __init__(self, root: Path, scheme: Scheme, options: DlibOptions) -> None:
        self.root = root
        self.scheme = scheme
        self.options = options

    def faces(self) -> Listed:
        """Every box with parts, in the file's order; a part that is missing is not labelled.

        Boxes without parts and those to ignore are left out, and their number printed.

        Raises:
            FacepointsError: the file is missing or wrong; when a face is read: its box is. The message names
                file, image and box.
        """
        name = label_file(self.root, ".xml", self.options.file)
        path, folder = self.root / name, posixpath.dirname(name)
        boxes, left_out = read_boxes(path)
        if not boxes:
            raise FacepointsError(f"{path}: no <box> with a <part>. Label the points of each face.")
        if left_out:
            print(f"{path}: {left_out} boxes without parts, or to ignore, left out.")
        order = self._order(
            {name for names in {box.names for box in boxes} for name in names}, path
        )
        return Listed(boxes, partial(self._face, folder=folder, path=path, order=order))

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; a photo that is missing though the file names it is unreadable."""
        return read_image(self.root / face.image, self.options.exif)

    def _order(self, names: set[str], path: Path) -> dict[str, int]:
        """Index of each name: its place in options.parts; else its number, from 1 where K is used and 0 is not.

        dlib sorts names as text, so that 10 comes before 2; people who number their parts do not mean that.
        """
        count, option = self.scheme.points, f"dataset.{self.root.name}.options.parts"
        if self.options.parts is not None:
            if len(set(self.options.parts)) != count or len(self.options.parts) != count:
                raise FacepointsError(
                    f"{option}: expected {count} different names, as scheme {self.scheme.name} has points; "
                    f"found {len(self.options.parts)}, {len(set(self.options.parts))} of them different."
                )
            order = {name: index for index, name in enumerate(self.options.parts)}
            wrong = sorted(names - set(order))
            hint = f"Add it to {option}, or remove it."
        else:
            numbers = {name: int(name) for name in names if name.isdecimal()}
            first = 1 if count in numbers.values() and 0 not in numbers.values() else 0
            order = {name: n - first for name, n in numbers.items() if 0 <= n - first < count}
            wrong = sorted(names - set(order))
            hint = f"Correct the set's scheme, or list the names in the order of its points in {option}."
        if wrong:
            raise FacepointsError(
                f"{path}: {len(wrong)} names of parts, {wrong[0]!r} first, are none of the {count} of scheme "
                f"{self.scheme.name} ({', '.join(self.options.parts or ['0 to ' + str(count - 1)])}). {hint}"
            )
        return order

    def _face(self, box: Box, folder: str, path: Path, order: dict[str, int]) -> Face:
        where = f"{path}, image {box.image}, box {box.number}"
        image = below(folder, box.image, where)
        points = _points(box, where)
        landmarks = np.zeros((self.scheme.points, 2), np.float32)
        labelled = np.zeros(self.scheme.points, np.bool_)
        places = [order[name] for name in box.names]
        landmarks[places] = points - np.float32(self.options.first_pixel)
        labelled[places] = True
        if labelled.sum() < len(places):
            # The latter of two: "00" and "0" are one part too.
            latter = zip(reversed(box.names), reversed(places), strict=True)
            twice = next(name for name, place in latter if places.count(place) > 1)
            raise FacepointsError(f"{where}: part {twice} stands there twice. Remove one.")
        return Face(
            image=image,
            landmarks=landmarks,
            labelled=labelled,
            occlusion=np.full(self.scheme.points, UNKNOWN, np.int8),
            box=rectangle(finite(box.sides, where), self.options.first_pixel, where),
            group=image,
            split=None,
            subsets=(),
        )


class Reader:
    """What an XML parser tells its events to. A tree of the whole file would take 50 kB a face.

    Attributes:
        boxes: those with parts that are not to be ignored.
        left_out: how many others.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.boxes: list[Box] = []
        self.left_out = 0
        self.image = ""
        self.number = 0
        self.box: Attributes = {}
        self.parts: list[Attributes] = []
        self.names: dict[tuple[str, ...], tuple[str, ...]] = {}  # the same few tuples in most boxes

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        if tag == "part":
            self.parts.append(attributes)
        elif tag == "box":
            self.number += 1
            self.box, self.parts = attributes, []
        elif tag == "image":
            self.image, self.number = _attribute(tag, attributes, "file", str(self.path)), 0

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag != "box":
            return
        if not self.parts or self.box.get("ignore", "0") not in ("0", "false"):
            self.left_out += 1
            return
        where = f"{self.path}, image {self.image}, box {self.number}"
        names = tuple(_attribute("part", part, "name", where) for part in self.parts)
        words = [
            _attribute("part", part, axis, f"{where}, part {name}")
            for name, part in zip(names, self.parts, strict=True)
            for axis in "xy"
        ]
        self.boxes.append(
            Box(
                self.image,
                self.number,
                tuple(_attribute("box", self.box, side, where) for side in RECTANGLE),
                self.names.setdefault(names, names),
                NUL.join(words),
            )
        )

    def doctype(self, *_: Any) -> None:
        """Refused: entities declared in one can grow without bound, and imglab writes none."""
        raise FacepointsError(f"{self.path}: a DOCTYPE, which imglab does not write. Remove it.")


def read_boxes(path: Path) -> tuple[list[Box], int]:
    """The boxes with parts, and how many others, or ones to ignore, there are.

    Raises:
        FacepointsError: the file cannot be read, is no XML, declares a document type, or an attribute is missing.
    """
    reader = Reader(path)
    try:
        data = path.read_bytes()
        # imglab declares ISO-8859-1 whatever the bytes of the file names are; on most systems UTF-8.
        parser = expat.ParserCreate(_encoding(data))
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.StartDoctypeDeclHandler = reader.doctype
        parser.Parse(data, True)
    except OSError as error:
        raise FacepointsError(f"{path}: cannot be read ({error.strerror}).") from error
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise FacepointsError(f"{path}: no valid XML: {error}. Save the labels again.") from error
    return reader.boxes, reader.left_out


def _encoding(data: bytes) -> str | None:
    """UTF-8 where it is that, else None: what the file declares."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _points(box: Box, where: str) -> npt.NDArray[np.float32]:
    """(P, 2) float32 x, y of the parts."""
    words = box.coordinates.split(NUL)
    try:
        return finite(words, where).reshape(-1, 2)
    except FacepointsError:  # say which part
        for index, name in enumerate(box.names):
            finite(words[2 * index : 2 * index + 2], f"{where}, part {name}")
        raise


def _attribute(tag: str, attributes: Attributes, name: str, where: str) -> str:
    if name not in attributes:
        raise FacepointsError(f"{where}: a <{tag}> without {name}. Correct or remove it.")
    return attributes[name]
