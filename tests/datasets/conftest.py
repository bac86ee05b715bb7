"""Small sets in the official layouts."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.layouts import drawn


def photo(path: Path) -> None:
    """A grey photo of 64 x 48 pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((48, 64, 3), 90, np.uint8))


@pytest.fixture(scope="session")
def photos() -> list[drawn.Drawn]:
    """Nine drawn faces of 64 x 64 pixels."""
    return drawn.faces(9, 64)


@pytest.fixture
def write_muct(tmp_path: Path) -> Callable[[dict[str, Sequence[float]]], Path]:
    """Writes MUCT's table, name to 152 numbers, and a photo for each name that is not mirrored."""

    def write(rows: dict[str, Sequence[float]]) -> Path:
        header = "name,tag," + ",".join(f"x{index:02},y{index:02}" for index in range(76))
        lines = [header, *(f"{name},0000," + ",".join(map(str, rows[name])) for name in rows)]
        table = tmp_path / "muct-landmarks" / "muct76-opencv.csv"
        table.parent.mkdir()
        table.write_text("\n".join(lines) + "\n")
        for name in rows:
            if not name.startswith("ir"):
                photo(tmp_path / "jpg" / f"{name}.jpg")
        return tmp_path

    return write


@pytest.fixture
def write_w300(tmp_path: Path) -> Callable[..., Path]:
    """Writes photos below the set's folder and 68 points (i + 1, 2 i + 1) in .pts for each."""

    def write(*images: str) -> Path:
        body = "\n".join(f"{index + 1}.000 {2 * index + 1}.000" for index in range(68))
        for image in images:
            photo(tmp_path / image)
            pts = (tmp_path / image).with_suffix(".pts")
            pts.write_text(f"version: 1\nn_points:  68\n{{\n{body}\n}}\n")
        return tmp_path

    return write
