"""Glasses: round to square rims, thin or thick, clear or dark."""

import numpy as np

from facepoints.synthetic.facekit.contour import EARS
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.landmarks import MESH
from facepoints.synthetic.facekit.shapes import part, piece
from facepoints.synthetic.glasses import tube


def glasses(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """One in seven wears some, a quarter of them dark ones. Strength 0 takes them off."""
    worn, dark = random.random(2)
    width, height = random.uniform(2.2, 2.9), random.uniform(1.5, 2.4)
    square, radius = random.uniform(0.45, 1.0), random.uniform(0.06, 0.22)
    colour = (random.uniform(0.004, 0.35) * random.uniform(0.3, 1.0, 3)).astype(np.float32)
    slip = random.uniform(-0.5, 0.1)
    if worn > 0.15 * strength:
        return
    points = draft.vertices[list(MESH)].astype(np.float64)
    eyes = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    bridge = points[27:29].mean(axis=0)
    front = max(bridge[2] + 0.15, points[[19, 24], 2].max() - 0.1)
    turn = np.linspace(0.0, 2 * np.pi, 33)
    across = width * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** square
    up = height * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** square
    rims = []
    for eye in eyes:
        x, y = eye[0] * 1.06 + across, eye[1] - 0.1 + slip + up
        rims.append(np.stack([x, y, front - 0.045 * x**2 * 0.5], axis=1))
    shiny = (0.6, 60.0)
    bodies = [tube(rim, radius, (0.0, 0.0, 1.0)) for rim in rims]
    inner = eyes[1][0] * 1.06 - width
    height_at = bridge[1] + slip * 0.5
    bow = np.array(
        [[-inner, 0, 0], [-0.4 * inner, 0.25, 0.35], [0.4 * inner, 0.25, 0.35], [inner, 0, 0]]
    )
    bodies.append(tube(bow + [0.0, height_at, front], radius, (0.0, 1.0, 0.0)))
    for sign, rim in ((-1.0, rims[0]), (1.0, rims[1])):
        hinge = rim[np.argmax(sign * rim[:, 0])]
        aside = max(abs(draft.vertices[ear, 0]) for ear in EARS)
        ends = [
            hinge + [0.0, 0.6, 0.0],
            [sign * (aside + 0.1), hinge[1] + 0.9, 5.0],
            [sign * (aside + 0.4), hinge[1] + 1.1, 2.0],
            [sign * (aside + 0.5), hinge[1] + 0.8, -1.0],
        ]
        bodies.append(tube(np.array(ends), radius, (0.0, 1.0, 0.0)))
    draft.pieces += [part(body, colour, shiny) for body in bodies]
    if dark < 0.25:
        tint = (0.01 + 0.04 * random.random(3)).astype(np.float32)
        for rim in rims:
            lens = np.concatenate([rim.mean(axis=0, keepdims=True) + [0, 0, 0.1], rim])
            ring = np.arange(1, len(lens) - 1)
            fan = np.stack([0 * ring, ring, ring + 1], axis=1)
            draft.pieces.append(
                piece(lens.astype(np.float32), fan.astype(np.int32), tint, (0.8, 90.0))
            )
