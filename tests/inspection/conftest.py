"""A drawn set of .pts files, clean and with one fault of each kind."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from facepoints.crops.settings import CacheSettings
from facepoints.datasets.face import FaceSet
from facepoints.datasets.library import open_set
from facepoints.inspection.inspection import Inspection, inspect
from facepoints.parameters import read, value
from facepoints.schemes.library import load
from facepoints.schemes.scheme import Scheme
from tests.layouts import drawn, pts

SCHEME = load("ibug68")
SETTINGS = value(read(Path(__file__).parent.parent.parent / "params.yaml"), "cache", CacheSettings)
MIRROR = list(SCHEME.mirror)


@dataclass(frozen=True)
class Folder:
    """Files of the set, which a test may spoil."""

    root: Path

    def photo(self, index: int) -> Path:
        return self.root / f"photos/{index:04}.jpg"

    def points(self, index: int) -> np.ndarray:
        lines = self.photo(index).with_suffix(".pts").read_text().splitlines()[3:-1]
        return np.array([line.split() for line in lines], np.float64) - 1

    def write_points(self, index: int, points: np.ndarray) -> None:
        lines = "\n".join(f"{x + 1:.4f} {y + 1:.4f}" for x, y in points)
        self.photo(index).with_suffix(".pts").write_text(f"version: 1\n{{\n{lines}\n}}\n")

    def open(self, scheme: Scheme = SCHEME) -> FaceSet:
        return open_set("pts", self.root, scheme, {})

    def inspect(self, scheme: Scheme = SCHEME, splits: dict | None = None) -> Inspection:
        return inspect(self.open(scheme), scheme, "own", splits or {}, SETTINGS)


def name(index: int) -> str:
    return f"photos/{index:04}.jpg"


def found(inspection: Inspection) -> dict[str, list[tuple[str, ...]]]:
    """Names of the faults by the title of their section, only of kinds that were found."""
    return {
        section.title: [finding.names for finding in section.findings[: section.count]]
        for section in inspection.sections
        if section.count
    }


@pytest.fixture(scope="session")
def drawings():
    return drawn.faces(30, 96)


@pytest.fixture
def clean(drawings, tmp_path) -> Folder:
    pts.write(tmp_path / "own", drawings)
    return Folder(tmp_path / "own")


@pytest.fixture
def faulty(clean) -> Folder:
    """Faces 0 to 7 have one fault each; 100 is face 5 once more, larger and encoded again."""
    photo = clean.photo(0).read_bytes()
    clean.photo(0).write_bytes(photo[: len(photo) // 2])

    clean.write_points(1, clean.points(1)[:-1])

    points = clean.points(2)
    points[8, 1] = 96 + 4
    clean.write_points(2, points)

    clean.write_points(3, clean.points(3)[MIRROR])

    image = cv2.imread(str(clean.photo(4)))
    cv2.imwrite(str(clean.photo(4)), np.ascontiguousarray(image[:, ::-1]))
    clean.write_points(4, [95, 0] + [-1, 1] * clean.points(4))

    image = cv2.resize(cv2.imread(str(clean.photo(5))), None, fx=1.5, fy=1.5)
    cv2.imwrite(str(clean.photo(100)), image, [cv2.IMWRITE_JPEG_QUALITY, 70])
    clean.write_points(100, (clean.points(5) + 0.5) * 1.5 - 0.5)

    points = clean.points(6)
    np.random.default_rng(0).shuffle(points)
    clean.write_points(6, points)

    points = clean.points(7)
    points[0, 0] = -300
    clean.write_points(7, points)
    return clean
