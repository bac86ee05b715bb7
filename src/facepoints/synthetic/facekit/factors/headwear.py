"""What is worn on the head: caps with a brim, woollen hats, headbands, scarves and hoods."""

import numpy as np

from facepoints.synthetic.curves import smoothstep
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.shapes import outside, part, shell, skull
from facepoints.synthetic.mesh import Floats
from facepoints.synthetic.parts import Part, sheet


def headwear(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """One head in eight. Strength 0 takes everything off."""
    worn, kind = random.random(2)
    colour = (random.uniform(0.005, 0.8) * random.uniform(0.25, 1.0, 3)).astype(np.float32)
    tall, low, thick = random.uniform(0.0, 1.2), random.uniform(6.6, 8.6), random.uniform(0.7, 1.4)
    tilt, stripes = random.uniform(-0.15, 0.25), random.uniform(0.0, 2.5)
    if worn > 0.13 * strength:
        return
    place = draft.kit.neutral
    y, z = place[:, 1], place[:, 2]
    # Around the skull, so that ears and hair make no bumps.
    centre, half = skull(draft)
    places = outside(draft.vertices, centre, half + np.float32(thick))
    places = np.where(
        (y > centre[1])[:, None], _at_least(draft, places, centre, half, thick), places
    )
    line = low + tilt * (z - 8.0)
    skin = np.zeros(len(place), np.bool_)
    skin[: draft.kit.part("head").stop] = True
    if kind < 0.75:
        share = skin & (y > line) & ((y < line + 3.0) if kind > 0.65 else True)
        top = smoothstep(8.0, 15.0, y.astype(np.float64))[:, None]
        places = places + (top * [0.0, 1.5 * tall, 0.0]).astype(np.float32)
    else:  # a scarf or a hood: everything but the face
        around = np.hypot(place[:, 0] / 6.9, (y - 1.5) / (low + 0.5)) > 1
        share = skin & ((z < 3.0) | around | (y < -9.0))
    rows = 1 + 0.2 * np.sin(stripes * y * 2)
    painted = colour * rows[:, None].astype(np.float32)
    cloth = shell(draft, share.astype(np.float32), places, painted, (0.03, 10.0))
    if cloth is not None:
        draft.pieces.append(cloth)
    if kind < 0.4:
        draft.pieces.append(part(_brim(centre, half + thick, low, tilt), colour, (0.05, 12.0)))


def _at_least(draft: Draft, places: Floats, centre: Floats, half: Floats, thick: float) -> Floats:
    """On the upper head, where the ellipsoid lies below the skin: a little above the skin."""
    out = (draft.vertices - centre) / half
    reach = np.sqrt((out**2).sum(axis=1, keepdims=True))
    above = centre + out / np.maximum(reach, 1e-3) * half * np.maximum(reach, 1.0)
    above = above + draft.kit.normals * np.float32(thick)
    result: Floats = np.where(reach >= 1.0, above, places).astype(np.float32)
    return result


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
