"""What comes between: hands, telephones, microphones, cups."""

import numpy as np

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.landmarks import MESH
from facepoints.synthetic.facekit.shapes import box, capsule, part

Stick = tuple[Numbers, Numbers, float]  # from (3,) to (3,), radius

_GAP = 0.1  # between a head and what is held before it, centimetres
_TARGETS = (2, 5, 8, 11, 14, 19, 24, 30, 48, 54, 57)  # landmarks that hands go to


def occluder(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """One face in six is partly hidden. Strength 0 hides none."""
    hidden, kind = random.random(2)
    if hidden > 0.16 * strength:
        return
    target = draft.vertices[MESH[int(random.choice(_TARGETS))]].astype(np.float64)
    toward = draft.view().rotation()[2].astype(np.float64)
    outward = toward + 0.3 * random.standard_normal(3)
    outward /= np.linalg.norm(outward)
    along = np.cross(outward, random.standard_normal(3))
    along /= np.linalg.norm(along)
    beside = np.cross(along, outward)
    axes = np.stack([beside, along, outward])
    colour = (random.uniform(0.01, 0.8) * random.uniform(0.3, 1.0, 3)).astype(np.float32)
    base = target + outward * random.uniform(1.5, 3.0)
    here = axes @ np.concatenate([draft.vertices, *(p.points for p in draft.pieces)]).T
    if 0.55 <= kind < 0.75:  # a telephone, a book, a sheet of paper
        size = random.uniform([2.5, 4.0, 0.3], [6.0, 9.0, 0.6])
        centre = base + axes[1] * random.uniform(2, 8) + 2.0 * outward
        away = outward * _away(here, _below_box(axes @ centre, size, here))
        draft.pieces.append(part(box(centre + away, axes, size), colour, (0.3, 40.0)))
        return
    if kind < 0.55:
        sticks, tone = _hand(base, axes, random), draft.skin * random.uniform(0.85, 1.1)
        colour, shine = tone.astype(np.float32), (0.08, 14.0)
    else:  # a microphone, a lollipop, a cup
        thick = random.uniform(0.6, 3.0)
        start, end = base + outward * thick, base + outward * thick + along * random.uniform(6, 14)
        sticks, shine = [(start, end, thick)], (0.3, 40.0)
    away = outward * max(
        _away(here, _below_stick(axes @ one, axes @ other, thick, here))
        for one, other, thick in sticks
    )
    draft.pieces += [
        part(capsule(one + away, other + away, thick), colour, shine)
        for one, other, thick in sticks
    ]


def _away(points: Numbers, below: Numbers) -> float:
    """How far along the third axis something must go to clear points (3, N): `below` is its height over each."""
    return max(0.0, float((points[2] - below).max()) + _GAP)


def _below_box(centre: Numbers, size: Numbers, points: Numbers) -> Numbers:
    """The height of a box's underside over points (3, N), infinite where it is not over them; all in the box's axes."""
    over = (np.abs(points[:2] - centre[:2, None]) < size[:2, None]).all(axis=0)
    return np.where(over, centre[2] - size[2], np.inf)


def _below_stick(one: Numbers, other: Numbers, thick: float, points: Numbers) -> Numbers:
    """The same of a round stick."""
    way = other - one
    share = (way[:2] @ (points[:2] - one[:2, None])) / max(float(way[:2] @ way[:2]), 1e-6)
    x, y, height = one[:, None] + way[:, None] * share.clip(0, 1)
    room = thick**2 - (points[0] - x) ** 2 - (points[1] - y) ** 2
    return np.where(room > 0, height - np.sqrt(room.clip(0)), np.inf)


def _hand(base: Numbers, axes: Numbers, random: np.random.Generator) -> list[Stick]:
    """Four fingers, a thumb and the back of a hand, the tip of the middle finger at `base`."""
    beside, along, outward = axes
    bend = random.uniform(0.0, 1.0)
    spread = random.uniform(0.9, 1.25)
    mirrored = 1.0 if random.random() < 0.5 else -1.0
    bones = []
    for number, length in enumerate((6.6, 7.6, 7.2, 5.6)):
        across = mirrored * beside * spread * 1.75 * (number - 1.5)
        knuckle = base + along * 7.5 + across + outward * (0.8 + bend)
        middle = knuckle - along * 0.5 * length + outward * (0.6 + 1.2 * bend) + 0.1 * across
        tip = middle - along * 0.5 * length - outward * 1.6 * bend + 0.1 * across
        wrist = base + along * 16.0 + 0.6 * across + outward * (0.8 + bend)
        bones += [(tip, middle, 0.72), (middle, knuckle, 0.80), (knuckle, wrist, 1.15)]
    thumb = base + along * 12.0 - mirrored * beside * 3.2 + outward * 0.5
    joint = thumb - along * 3.0 - mirrored * beside * 2.2
    bones += [(thumb, joint, 0.95), (joint, joint - along * 2.8 - mirrored * beside * 0.3, 0.85)]
    return bones
