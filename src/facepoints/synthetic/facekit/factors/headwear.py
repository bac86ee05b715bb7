"""What is worn on the head: caps with a brim, woollen hats, headbands and hoods."""

from dataclasses import replace
from functools import partial

import numpy as np

from facepoints.synthetic.curves import smoothstep
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.shapes import inside, outside, part, shell, skull
from facepoints.synthetic.mesh import Floats
from facepoints.synthetic.parts import Part, sheet

# Up to where a random number means a cap, a woollen hat, a headband; the rest are hoods.
CAP, HAT, HEADBAND = 0.4, 0.65, 0.75
_BESIDE, _BEHIND = 6.2, 2.0  # how far aside or back the face ends, centimetres
_FLARE = 0.35  # by how much hair stands off per distance from the edge of a cap or a hat


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
    # What has grown on the head, or lies on it, is pressed down by the cloth; below its edge, beside and behind the
    # face, hair comes off the head only little by little.
    for number, piece in enumerate(draft.pieces):
        x, _, z = piece.points.T
        off = -cover(piece.points)
        held = (off < 0) | ((kind < HAT) & ((np.abs(x) > _BESIDE) | (z < _BEHIND)))
        room = np.float32(0.7 * thick) + np.float32(_FLARE) * np.maximum(off, 0)
        pressed = inside(piece.points, centre, half + room[:, None])
        points = np.where(held[:, None], pressed, piece.points)
        draft.pieces[number] = replace(piece, points=points)
    place = draft.kit.neutral
    y = place[:, 1]
    # Ears have folds; the cloth over them stands off to the side.
    aside = np.sign(place) * np.array([1.0, 0.0, 0.0], np.float32)
    out: Floats = np.where((draft.regions.ears > 0)[:, None], aside, draft.kit.normals)
    above = draft.vertices + np.float32(thick) * out
    places = outside(above, centre, half + np.float32(thick))
    # Below the chin it hangs: the further off the throat, the lower, or it would lie in folds.
    low_down = smoothstep(-2.0, -6.0, y.astype(np.float64)).astype(np.float32)
    places[:, 1] -= 0.5 * low_down * np.hypot(*(places - above)[:, [0, 2]].T)
    if kind < HEADBAND:
        top = smoothstep(8.0, 15.0, y.astype(np.float64))[:, None]
        places = places + (top * [0.0, 1.5 * tall, 0.0]).astype(np.float32)
    share = cover(place)
    share[draft.kit.part("head").stop :] = -1.0
    rows = 1 + 0.2 * np.sin(stripes * y * 2)
    painted = colour * rows[:, None].astype(np.float32)
    cloth = shell(draft, share, places, painted, (0.03, 10.0))
    if cloth is not None:
        draft.pieces.append(cloth)
    if kind < CAP:
        rim = places[(np.abs(share) < 1.0) & (place[:, 2] > 3.0)]
        draft.pieces.append(part(_brim(rim), colour, (0.05, 12.0)))


def _cover(place: Floats, kind: float, low: float, tilt: float) -> Floats:
    """How far within the cloth some places (N, 3) on the mean head or about it lie; below 0 is outside of it."""
    x, y, z = place.T
    within: Floats = y - (low + tilt * (z - 8.0))
    if HAT <= kind < HEADBAND:
        within = np.minimum(within, 3.0 - within)
    elif kind >= HEADBAND:  # everything but the face
        around = 6.9 * (np.hypot(x / 6.9, (y - 1.5) / (low + 0.5)) - 1)
        within = np.maximum.reduce([within, around, 3.0 - z, -9.0 - y])
    return within


def _brim(rim: Floats) -> Part:
    """A cap's shade: from its edge over the forehead, of which places (N, 3) are known, forward."""
    most = 0.9 * np.abs(rim[:, 0]).max()
    x = most * np.linspace(-1.0, 1.0, 25)
    height, depth = (np.polyval(np.polyfit(rim[:, 0], rim[:, axis], 4), x) for axis in (1, 2))
    rows = np.linspace(0.0, 1.0, 5)[:, None]
    out = np.sqrt(1 - (x / most) ** 2)
    # It begins under the cloth, so that nothing shows between the two.
    points = np.stack(
        [
            x + 0 * rows,
            height + 0.3 - out * (1.6 * rows**1.5 + 0.012 * rows * x**2),
            depth - 0.3 + 6.0 * out * rows,
        ],
        axis=-1,
    )
    numbers = np.arange(points.shape[0] * points.shape[1], dtype=np.int32).reshape(points.shape[:2])
    return Part(points.reshape(-1, 3), sheet(numbers), points.shape[:2])
