"""Own data: a CSV table with one row per face."""

import csv
import json
import posixpath
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Literal, cast

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.face import HIDDEN, SEEN, UNKNOWN, Face, Listed
from facepoints.datasets.folder import below, label_file
from facepoints.datasets.image import read_image
from facepoints.datasets.numbers import box, finite
from facepoints.datasets.options import TableOptions
from facepoints.schemes.scheme import Scheme

BOX = ("box_x0", "box_y0", "box_x1", "box_y1")
VISIBLE = {"": UNKNOWN, "0": HIDDEN, "1": SEEN}
SPLITS = ("", "train", "test")
DELIMITERS = ",;\t"  # Excel writes ; where the comma is the decimal sign, and then 1,5 for 1.5

Row = Mapping[str, str]
Line = tuple[str, str]  # file and line; its cells as JSON


class Table:
    """A folder with photos and one table: image, x0, y0, …, and optional columns."""

    def __init__(self, root: Path, scheme: Scheme, options: TableOptions) -> None:
        self.root = root
        self.scheme = scheme
        self.options = options
        count = range(scheme.points)
        self.xs_and_ys = [f"{axis}{index}" for index in count for axis in "xy"]
        self.visible = [f"visible{index}" for index in count]

    def faces(self) -> Listed:
        """Every face, in the table's order.

        Raises:
            FacepointsError: the table is missing or wrong; when a face is read: its row is. The message
                names file and line.
        """
        name = label_file(self.root, ".csv", self.options.file)
        path, folder = self.root / name, posixpath.dirname(name)
        header, comma, lines = self._read(path)
        if not lines:
            raise FacepointsError(f"{path}: no face in this table. Add a row for each.")
        return Listed(lines, partial(self._face, folder=folder, header=header, comma=comma))

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; a photo that is missing though the table names it is unreadable."""
        return read_image(self.root / face.image, self.options.exif)

    def _read(self, path: Path) -> tuple[list[str], bool, list[Line]]:
        """The header, whether a comma is the decimal sign, and all rows but those of empty cells."""
        lines = []
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                delimiter = max(DELIMITERS, key=file.readline().count)
                file.seek(0)
                reader = csv.reader(file, delimiter=delimiter, strict=True)
                header = [name.strip() for name in next(reader, [])]
                self._check(header, f"{path}, line 1")
                for cells in reader:
                    where = f"{path}, line {reader.line_num}"
                    if not any(map(str.strip, cells)):
                        continue
                    if len(cells) != len(header):
                        raise FacepointsError(
                            f"{where}: expected {len(header)} cells, as in the header; "
                            f"found {len(cells)}."
                        )
                    # As one string: the cells one by one take five times the memory.
                    lines.append((where, json.dumps(cells)))
        except OSError as error:
            raise FacepointsError(f"{path}: cannot be read ({error.strerror}).") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise FacepointsError(
                f"{path}: no CSV table in UTF-8: {error}. Save it as “CSV UTF-8”."
            ) from error
        return header, delimiter != ",", lines

    def _check(self, header: list[str], where: str) -> None:
        count = self.scheme.points
        found = sum(bool(re.fullmatch(r"x\d+", name)) for name in header)
        missing = [name for name in ("image", *self.xs_and_ys) if name not in header]
        if missing or found != count:
            raise FacepointsError(
                f"{where}: expected the columns image, x0, y0 … x{count - 1}, y{count - 1} (scheme "
                f"{self.scheme.name} has {count} points); found {found} columns x…"
                + (f", and no {missing[0]}" if missing else "")
                + ". Correct the header, or the set's scheme."
            )
        known = {"image", *self.xs_and_ys, *self.visible, *BOX, "subject", "split"}
        unknown = next((name for name in header if name not in known), None)
        if unknown is not None:
            raise FacepointsError(
                f"{where}: unknown column {unknown!r}; known beside image and points: visible0 … "
                f"{self.visible[-1]}, {', '.join(BOX)}, subject, split. Rename or remove it."
            )
        if len(set(header)) != len(header):
            twice = next(name for name in header if header.count(name) > 1)
            raise FacepointsError(f"{where}: column {twice} stands there twice. Remove one.")
        for names in (self.visible, BOX):
            absent = [name for name in names if name not in header]
            if absent and len(absent) < len(names):
                raise FacepointsError(
                    f"{where}: column {absent[0]} is missing; expected all of {names[0]} … "
                    f"{names[-1]}, or none."
                )

    def _face(self, line: Line, folder: str, header: list[str], comma: bool) -> Face:
        where, cells = line
        row = dict(zip(header, map(str.strip, json.loads(cells)), strict=True))
        if comma:
            numbers = [name for name in (*self.xs_and_ys, *BOX) if name in row]
            row.update((name, row[name].replace(",", ".")) for name in numbers)
        image = below(folder, row["image"], f"{where}, image")
        landmarks, labelled = self._points(row, where)
        return Face(
            image=image,
            landmarks=landmarks,
            labelled=labelled,
            occlusion=np.where(labelled, self._occlusion(row, where), UNKNOWN).astype(np.int8),
            box=self._box(row, where),
            group=row.get("subject") or image,
            split=_split(row, where),
            subsets=(),
        )

    def _points(
        self, row: Row, where: str
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        words = [row[name] for name in self.xs_and_ys]
        given = np.array(list(map(bool, words))).reshape(-1, 2)
        labelled = given[:, 0] & given[:, 1]
        half = np.flatnonzero(given[:, 0] ^ given[:, 1])
        if len(half):
            raise FacepointsError(
                f"{where}: point {half[0]} has only one of x{half[0]} and y{half[0]}. "
                "Fill both, or empty both where the point is not labelled."
            )
        if not labelled.any():
            raise FacepointsError(f"{where}: no point is labelled. Remove the row.")
        landmarks = finite((word or 0 for word in words), where).reshape(-1, 2)
        landmarks -= np.float32(self.options.first_pixel)
        return landmarks, labelled

    def _occlusion(self, row: Row, where: str) -> list[int]:
        if self.visible[0] not in row:
            return [UNKNOWN] * len(self.visible)
        words = [row[name] for name in self.visible]
        for name, word in zip(self.visible, words, strict=True):
            if word not in VISIBLE:
                raise FacepointsError(
                    f"{where}: {name}: expected 1 (seen), 0 (hidden) or nothing; found {word!r}."
                )
        return [VISIBLE[word] for word in words]

    def _box(self, row: Row, where: str) -> npt.NDArray[np.float32] | None:
        words = [row.get(name, "") for name in BOX]
        if not any(words):
            return None
        corners = finite(words, f"{where}, box") - np.float32(self.options.first_pixel)
        return box(corners, where)


def _split(row: Row, where: str) -> Literal["train", "test"] | None:
    word = row.get("split", "")
    if word not in SPLITS:
        raise FacepointsError(f"{where}: split: expected train, test or nothing; found {word!r}.")
    return cast(Literal["train", "test"], word) if word else None
