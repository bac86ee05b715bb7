"""Own data: the XML of dlib's imglab, <image file> with <box> and its <part name x y> each."""

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.face import UNKNOWN, Face
from facepoints.datasets.folder import below, label_file
from facepoints.datasets.image import read_image
from facepoints.datasets.numbers import finite, rectangle
from facepoints.datasets.options import DlibOptions
from facepoints.schemes.scheme import Scheme

Element = ElementTree.Element
RECTANGLE = ("left", "top", "width", "height")


class Dlib:
    """A folder with photos and one XML file, whose paths are relative to it."""

    def __init__(self, root: Path, scheme: Scheme, options: DlibOptions) -> None:
        self.root = root
        self.scheme = scheme
        self.options = options

    def faces(self) -> list[Face]:
        """Every box with parts, in the file's order; a part that is missing is not labelled.

        Boxes without parts and those to ignore are left out, and their number printed.

        Raises:
            FacepointsError: the file is missing or wrong; the message names file, image and box.
        """
        name = label_file(self.root, ".xml", self.options.file)
        path, folder = self.root / name, posixpath.dirname(name)
        boxes = list(_boxes(path))
        wanted = [entry for entry in boxes if _is_face(entry[2])]
        if not wanted:
            raise FacepointsError(f"{path}: no <box> with a <part>. Label the points of each face.")
        if len(wanted) < len(boxes):
            print(
                f"{path}: {len(boxes) - len(wanted)} boxes without parts, or to ignore, left out."
            )
        names = {
            _attribute(part, "name", where)
            for where, _, box in wanted
            for part in box.findall("part")
        }
        order = self._order(names, path)
        return [
            self._face(below(folder, file, where), box, order, where) for where, file, box in wanted
        ]

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

    def _face(self, image: str, box: Element, order: dict[str, int], where: str) -> Face:
        landmarks = np.zeros((self.scheme.points, 2), np.float32)
        labelled = np.zeros(self.scheme.points, np.bool_)
        for part in box.findall("part"):
            name = _attribute(part, "name", where)
            if labelled[order[name]]:
                raise FacepointsError(f"{where}: part {name} stands there twice. Remove one.")
            words = [_attribute(part, axis, f"{where}, part {name}") for axis in "xy"]
            landmarks[order[name]] = finite(words, f"{where}, part {name}")
            labelled[order[name]] = True
        sides = finite((_attribute(box, side, where) for side in RECTANGLE), where)
        return Face(
            image=image,
            landmarks=landmarks - np.float32(self.options.first_pixel),
            labelled=labelled,
            occlusion=np.full(self.scheme.points, UNKNOWN, np.int8),
            box=rectangle(sides, self.options.first_pixel, where),
            group=image,
            split=None,
            subsets=(),
        )


class Builder(ElementTree.TreeBuilder):
    """Refuses a DOCTYPE: entities declared in one can grow without bound, and imglab writes none."""

    def doctype(self, *_: Any) -> None:
        raise FacepointsError("a DOCTYPE, which imglab does not write. Remove it.")


def read_xml(path: Path) -> Element:
    """The root element of an XML file.

    Raises:
        FacepointsError: it cannot be read, is no XML, or declares a document type.
    """
    try:
        data = path.read_bytes()
        # imglab declares ISO-8859-1 whatever the bytes of the file names are; on most systems UTF-8.
        parser = ElementTree.XMLParser(target=Builder(), encoding=_encoding(data))
        return ElementTree.fromstring(data, parser)
    except OSError as error:
        raise FacepointsError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise FacepointsError(f"{path}: no valid XML: {error}. Save the labels again.") from error
    except FacepointsError as error:
        raise FacepointsError(f"{path}: {error}") from error


def _encoding(data: bytes) -> str | None:
    """UTF-8 where it is that, else None: what the file declares."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _boxes(path: Path) -> Iterator[tuple[str, str, Element]]:
    """`file, image, box number`, the image's file and the box, for each box."""
    for image in read_xml(path).iter("image"):
        file = _attribute(image, "file", str(path))
        for number, box in enumerate(image.findall("box"), 1):
            yield f"{path}, image {file}, box {number}", file, box


def _is_face(box: Element) -> bool:
    return box.get("ignore", "0") in ("0", "false") and box.find("part") is not None


def _attribute(element: Element, name: str, where: str) -> str:
    found = element.get(name)
    if found is None:
        raise FacepointsError(f"{where}: a <{element.tag}> without {name}. Correct or remove it.")
    return found
