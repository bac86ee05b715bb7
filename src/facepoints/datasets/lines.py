"""Lines of label files, each with the place that messages name."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from facepoints import FacepointsError


def words(path: Path) -> Iterator[tuple[str, list[str]]]:
    """`FILE, line N` and the words of each line that is not blank.

    Raises:
        FacepointsError: the file cannot be read, or is no text.
    """
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            if found := line.split():
                yield f"{path}, line {number}", found


def rows(path: Path, header: list[str], title: str) -> Iterator[tuple[str, list[str]]]:
    """`FILE, line N` and the fields of each row of a CSV table after its header, without blank lines.

    Args:
        header: the first row, exactly.
        title: of the data set, for messages.

    Raises:
        FacepointsError: the file cannot be read, is no text, has another header or a row of another length.
    """
    with _opened(path) as file:
        reader = csv.reader(file)
        try:
            if next(reader, None) != header:
                raise FacepointsError(
                    f"{path}, line 1: expected {title}'s header {','.join(header[:4])} … {header[-1]}."
                )
            for row in filter(None, reader):
                where = f"{path}, line {reader.line_num}"
                if len(row) != len(header):
                    raise FacepointsError(
                        f"{where}: expected {len(header)} fields as in the header; found {len(row)}."
                    )
                yield where, row
        except csv.Error as error:
            raise FacepointsError(f"{path}: no text table: {error}.") from error


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise FacepointsError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise FacepointsError(f"{path}: no text file: {error}.") from error
