"""Hair as flat ribbons: brows, lashes, beards and the hair of the head."""

import numpy as np

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.draft import Piece
from facepoints.synthetic.mesh import Floats, unit


def straight(
    start: Floats, outward: Floats, direction: Numbers, length: Numbers, lift: tuple[float, float]
) -> Floats:
    """Paths (S, 4, 3) of straight hairs.

    Args:
        start, outward: (S, 3) roots, and unit vectors away from the skin.
        direction: (S, 3) unit; length (S, 1).
        lift: how far the root and, beyond its direction, the tip stand above the skin.
    """
    step = np.linspace(0, 1, 4)[None, :, None]
    risen = (lift[0] + (lift[1] - lift[0]) * step) * outward[:, None]
    paths = start[:, None] + step * (length * direction)[:, None] + risen
    return paths.astype(np.float32)


def ribbons(
    paths: Floats, widths: Floats, colours: Floats, outward: Floats, eye: Floats, shine: float
) -> Piece:
    """One ribbon along each path, turned to whoever looks.

    Args:
        paths: (S, N, 3) from the root to the tip.
        widths: (S,) at the root; the tip is thinner.
        colours: (S, 3) linear RGB.
        outward: (S, 3) unit, away from the skin, what the light falls on.
        eye: (3,) unit, toward the camera.
    """
    strands, steps = paths.shape[:2]
    tangents = unit(np.gradient(paths, axis=1))
    beside = unit(np.cross(tangents, eye))
    taper = np.linspace(1.0, 0.35, steps, dtype=np.float32)
    half = 0.5 * widths[:, None, None] * taper[None, :, None] * beside
    points = np.stack([paths - half, paths + half], axis=2).reshape(-1, 3)
    facing = outward[:, None] - tangents * (outward[:, None] * tangents).sum(axis=-1, keepdims=True)
    facing = np.repeat(unit(facing)[:, :, None], 2, axis=2).reshape(-1, 3)
    # Darker at the roots, where other hair stands before the light.
    sky = np.repeat(np.tile(np.linspace(0.45, 1.0, steps, dtype=np.float32), strands), 2)
    first = (np.arange(strands)[:, None] * steps + np.arange(steps - 1)).ravel() * 2
    triangles = np.stack(
        [
            np.stack([first, first + 1, first + 2], axis=1),
            np.stack([first + 1, first + 3, first + 2], axis=1),
        ],
        axis=1,
    )
    return Piece(
        points,
        triangles.reshape(-1, 3).astype(np.int32),
        np.repeat(colours, 2 * steps, axis=0).astype(np.float32),
        (shine, 20.0),
        facing,
        sky,
    )
