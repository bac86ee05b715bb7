"""Drawn faces to fill a set's official layout with."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints.parameters import read
from facepoints.schemes.scheme import Scheme
from facepoints.synthetic.scene import landmarks, render, sample
from facepoints.synthetic.settings import SyntheticSettings

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, eq=False)
class Drawn:
    """A photo (H, W, 3) RGB and its face's 68 points of iBUG (68, 2) float32, pixels."""

    image: NDArray[np.uint8]
    points: NDArray[np.float32]

    def save(self, path: Path) -> None:
        """Write the photo, as JPEG or PNG by the name's end."""
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), cv2.cvtColor(self.image, cv2.COLOR_RGB2BGR))


def faces(count: int, side: int) -> list[Drawn]:
    """The first `count` faces of the embedded set, `side` pixels wide and high."""
    options = read(ROOT / "params.yaml")["dataset"]["synthetic"]["options"]
    settings = SyntheticSettings(**{**options, "faces": count, "side": side})
    samples = [sample(settings, index) for index in range(count)]
    return [Drawn(render(face), landmarks(face)) for face in samples]


def as_scheme(points: NDArray[np.float32], scheme: Scheme) -> NDArray[np.float32]:
    """The 68 points (68, 2) as points (K, 2) of `scheme`: those that it maps to iBUG's or names as shared stand
    on their places, the others on the mean of the face."""
    placed = np.tile(points.mean(axis=0), (scheme.points, 1))
    ibug = {
        "right_eye_outer": 36,
        "right_eye_inner": 39,
        "left_eye_inner": 42,
        "left_eye_outer": 45,
        "mouth_right": 48,
        "mouth_left": 54,
        "nose_tip": 30,
        "chin": 8,
        "right_pupil": range(36, 42),
        "left_pupil": range(42, 48),
    }
    for name, index in scheme.shared.items():
        placed[index] = points[np.atleast_1d(ibug[name])].mean(axis=0)
    if scheme.name == "ibug68":
        return points.copy()
    for own, point in zip(scheme.maps.get("ibug68", ()), points, strict=False):
        placed[own] = point
    return placed.astype(np.float32)
