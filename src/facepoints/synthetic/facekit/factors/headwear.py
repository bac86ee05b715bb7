"""What is worn on the head: caps with a brim, woollen hats, headbands, scarves and hoods."""

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from facepoints.synthetic.curves import smoothstep
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.shapes import inside, outside, part, shell, skull
from facepoints.synthetic.mesh import Floats
from facepoints.synthetic.parts import Part, sheet

# Up to where a random number means a cap, a woollen hat, a headband; the rest are scarves and hoods.
CAP, HAT, HEADBAND = 0.4, 0.65, 0.75


def headwear(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """One head in eight. Strength 0 takes everything off."""
    worn, kind = random.random(2)
    colour = (random.uniform(0.005, 0.8) * random.uniform(0.25, 1.0, 3)).astype(np.float32)
    tall, low, thick = random.uniform(0.0, 1.2), random.uniform(6.6, 8.6), random.uniform(0.7, 1.4)
    tilt, stripes = random.uniform(-0.15, 0.25), random.uniform(0.0, 2.5)
    if worn > 0.13 * strength:
        return
    centre, half = skull(draft)
    cover = partial(_cover, kind=kind, low=low, tilt=tilt)
    # What has grown on the head is pressed down by the cloth.
    for number, piece in enumerate(draft.pieces):
        pressed = inside(piece.points, centre, half + np.float32(0.7 * thick))
        points = np.where(cover(piece.points)[:, None], pressed, piece.points)
        draft.pieces[number] = replace(piece, points=points)
    place = draft.kit.neutral
    y = place[:, 1]
    # Ears have folds; the cloth over them stands off to the side.
    aside = np.sign(place) * np.array([1.0, 0.0, 0.0], np.float32)
    out: Floats = np.where((draft.regions.ears > 0)[:, None], aside, draft.kit.normals)
    above = draft.vertices + np.float32(thick) * out
    places = outside(above, centre, half + np.float32(thick))
    if kind < HEADBAND:
        top = smoothstep(8.0, 15.0, y.astype(np.float64))[:, None]
        places = places + (top * [0.0, 1.5 * tall, 0.0]).astype(np.float32)
    share = cover(place)
    share[draft.kit.part("head").stop :] = False
    rows = 1 + 0.2 * np.sin(stripes * y * 2)
    painted = colour * rows[:, None].astype(np.float32)
    cloth = shell(draft, share.astype(np.float32), places, painted, (0.03, 10.0))
    if cloth is not None:
        draft.pieces.append(cloth)
    if kind < CAP:
        draft.pieces.append(part(_brim(centre, half + thick, low, tilt), colour, (0.05, 12.0)))


def _cover(place: Floats, kind: float, low: float, tilt: float) -> NDArray[np.bool_]:
    """Which of some places (N, 3) on the mean head or about it lie under the cloth."""
    x, y, z = place.T
    line = low + tilt * (z - 8.0)
    covered: NDArray[np.bool_] = y > line
    if HAT <= kind < HEADBAND:
        covered &= y < line + 3.0
    elif kind >= HEADBAND:  # everything but the face
        around = np.hypot(x / 6.9, (y - 1.5) / (low + 0.5)) > 1
        covered = (z < 3.0) | around | (y < -9.0)
    return covered


def _brim(centre: Floats, half: Floats, low: float, tilt: float) -> Part:
    """A cap's shade: from the forehead forward."""
    turn = np.radians(np.linspace(-62, 62, 25))
    rows = np.linspace(0.0, 1.0, 5)
    height = np.sqrt(max(0.05, 1 - ((low + 0.4 - centre[1]) / half[1]) ** 2))
    x = centre[0] + half[0] * height * np.sin(turn)
    z = centre[2] + half[2] * height * np.cos(turn)
    out = 6.0 * np.cos(turn * 1.2).clip(0)
    points = np.stack(
        [
            x + 0 * rows[:, None],
            low + 0.4 + tilt * (z - 8) - 1.6 * rows[:, None] ** 1.5 - 0.012 * x**2,
            z + out * rows[:, None],
        ],
        axis=-1,
    )
    numbers = np.arange(points.shape[0] * points.shape[1], dtype=np.int32).reshape(points.shape[:2])
    return Part(points.reshape(-1, 3), sheet(numbers), points.shape[:2])
