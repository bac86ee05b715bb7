"""Smooth lines through points of the mean face, and where places lie beside or within them, seen from the front."""

import cv2
import numpy as np

from facepoints.synthetic.curves import Numbers, smoothstep


def curve(points: Numbers, count: int = 60) -> Numbers:
    """A smooth line (count, 3) through points: Catmull-Rom."""
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    at = np.linspace(0, len(points) - 1 - 1e-9, count)
    first = at.astype(int)
    q = (at - first)[:, None]
    a, b, c, d = (padded[first + k] for k in range(4))
    line: Numbers = 0.5 * (
        2 * b + (c - a) * q + (2 * a - 5 * b + 4 * c - d) * q**2 + (3 * b - a - 3 * c + d) * q**3
    )
    return line


def closed(points: Numbers) -> Numbers:
    """A closed smooth outline through points (N, 3)."""
    around = np.concatenate([points[-2:], points, points[:3]])
    return curve(around, 12 * len(around))[24:-24]


def beside(line: Numbers, place: Numbers) -> tuple[Numbers, Numbers]:
    """Coordinates (V,), (V,) of places beside a line, in the frontal plane: share of its length, height above it."""
    x = place[:, 0]
    inward = line[-1, 0] < line[0, 0]
    at = np.interp(-x if inward else x, -line[:, 0] if inward else line[:, 0], np.arange(len(line)))
    length = abs(line[-1, 0] - line[0, 0])
    along = np.abs(x - line[0, 0]) / length * np.sign((x - line[0, 0]) * (line[-1, 0] - line[0, 0]))
    height = np.interp(at, np.arange(len(line)), line[:, 1])
    return along, place[:, 1] - height


def inside(outline: Numbers, place: Numbers, soft: float) -> Numbers:
    """1 within an outline of the frontal plane, 0 outside, with a soft border."""
    contour = outline[:, :2].astype(np.float32).reshape(-1, 1, 2)
    distance = np.array(
        [cv2.pointPolygonTest(contour, (float(px), float(py)), True) for px, py in place[:, :2]]
    )
    near = smoothstep(-soft, soft, distance)
    return np.where(place[:, 2] > outline[:, 2].min() - 1.5, near, 0.0)
