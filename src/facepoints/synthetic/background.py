"""What stands behind the face: a gradient, soft noise and blurred clutter."""

import cv2
import numpy as np

from facepoints.synthetic.mesh import Floats


def background(random: np.random.Generator, size: int) -> Floats:
    """A picture (size, size, 3) float32 in display RGB, 0 to 1."""
    picture = _gradient(random, size) + _noise(random, size, float(random.uniform(0.0, 0.25)))
    _clutter(random, picture, int(random.integers(0, 14)))
    sigma = float(random.uniform(0.003, 0.03)) * size
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    picture += _noise(random, size, float(random.uniform(0.0, 0.05)))
    result: Floats = np.clip(picture, 0.0, 1.0).astype(np.float32)
    return result


def _gradient(random: np.random.Generator, size: int) -> Floats:
    corners = random.uniform(0.05, 0.95, (2, 2, 1)) + random.uniform(-0.15, 0.15, (2, 2, 3))
    if random.random() < 0.5:  # a plain wall
        corners = corners[:1, :1] + random.uniform(-0.08, 0.08, (2, 2, 3))
    grown = cv2.resize(corners.astype(np.float32), (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, np.float32)


def _noise(random: np.random.Generator, size: int, strength: float) -> Floats:
    """Noise of several octaves, with some colour."""
    total = np.zeros((size, size, 3), np.float32)
    for cells in (4, 9, 20, 48):
        grey = random.normal(0.0, 1.0, (cells, cells, 1))
        tint = random.normal(0.0, 0.35, (cells, cells, 3))
        layer = (grey + tint).astype(np.float32)
        total += cv2.resize(layer, (size, size), interpolation=cv2.INTER_CUBIC) / np.sqrt(cells)
    return total * np.float32(strength)


def _clutter(random: np.random.Generator, picture: Floats, count: int) -> None:
    """Draw `count` filled shapes into the picture."""
    size = picture.shape[0]
    for _ in range(count):
        colour = tuple(float(c) for c in random.uniform(0.0, 1.0, 3))
        x, y = (int(v) for v in random.integers(0, size, 2))
        w, h = (int(v) for v in random.uniform(0.04, 0.4, 2) * size)
        angle = float(random.uniform(0, 180))
        kind = int(random.integers(0, 4))
        if kind == 0:
            cv2.ellipse(picture, (x, y), (w // 2 + 1, h // 2 + 1), angle, 0, 360, colour, -1)
        elif kind == 1:
            corners = cv2.boxPoints(((x, y), (w, h), angle)).astype(np.int32)
            cv2.fillPoly(picture, [corners], colour)
        elif kind == 2:
            points = random.integers(-size // 5, size // 5 + 1, (5, 2)) + [x, y]
            cv2.fillPoly(picture, [points.astype(np.int32)], colour)
        else:
            end = (x + int(np.cos(angle) * 2 * size), y + int(np.sin(angle) * 2 * size))
            cv2.line(picture, (x, y), end, colour, max(1, size // 40))
