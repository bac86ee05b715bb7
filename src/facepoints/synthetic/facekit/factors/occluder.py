"""What comes between: hands, and telephones, microphones, cups in hands."""

import numpy as np

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.landmarks import MESH
from facepoints.synthetic.facekit.shapes import box, capsule, part

Stick = tuple[Numbers, Numbers, float]  # from (3,) to (3,), radius

_GAP = 0.1  # between a head and what is held before it, centimetres
_TARGETS = (2, 5, 8, 11, 14, 19, 24, 30, 48, 54, 57)  # landmarks that hands go to
_ARM = 32.0  # of a forearm as much as leaves the picture, centimetres


def occluder(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """One face in six is partly hidden. Strength 0 hides none."""
    hidden, kind = random.random(2)
    if hidden > 0.16 * strength:
        return
    target = draft.vertices[MESH[int(random.choice(_TARGETS))]].astype(np.float64)
    toward = draft.view().rotation()[2].astype(np.float64)
    outward = toward + 0.3 * random.standard_normal(3)
    outward /= np.linalg.norm(outward)
    # Arms come from below, more or less.
    along = np.array([0.0, -1.0, 0.0]) + 0.7 * random.standard_normal(3)
    along -= (along @ outward) * outward
    along /= np.linalg.norm(along)
    beside = np.cross(along, outward) * (1.0 if random.random() < 0.5 else -1.0)
    axes = np.stack([beside, along, outward])
    skin = draft.skin * random.uniform(0.85, 1.1)
    colour, cloth = random.uniform(0.01, 0.8, (2, 1)) * random.uniform(0.3, 1.0, (2, 3))
    sleeve = skin if random.random() < 0.4 else cloth
    base = target + outward * random.uniform(1.5, 3.0)
    blocks: list[tuple[Numbers, Numbers]] = []  # centre and half sizes
    sticks: list[Stick] = []
    if kind < 0.55:
        hand, wrist = _hand(base, axes, random)
    elif kind < 0.75:  # a telephone, a book, a sheet of paper
        size = random.uniform([2.5, 4.0, 0.3], [6.0, 9.0, 0.6])
        centre = base + along * random.uniform(2, 8) + outward * 2.0
        blocks.append((centre, size))
        edge = centre + beside * size[0] + along * size[1] * random.uniform(0.0, 0.5)
        hand, wrist = _grip(edge, axes, float(size[0]), float(size[2]))
    else:  # a microphone, a lollipop, a cup
        thick, length = random.uniform([0.6, 8.0], [3.0, 15.0])
        start = base + outward * (thick + 1.0)
        sticks.append((start, start + along * length, thick))
        if thick < 1.6:
            sticks.append((start, start + along * 0.2, 1.5 * thick + 0.6))
        edge = start + along * 0.75 * length + beside * thick
        hand, wrist = _grip(edge, axes, thick, thick)
    way = along + axes.T @ random.uniform([-0.1, 0.0, 0.0], [0.5, 0.0, 0.4])
    way *= _ARM / np.linalg.norm(way)
    arm = [(wrist + side * beside, wrist + side * beside + way, 2.3) for side in (-0.7, 0.7)]
    solid = np.concatenate([draft.vertices, *(p.points for p in draft.pieces)])
    # What the bust stands on is far below it, and no picture shows how deep.
    here = axes @ solid[solid[:, 1] >= draft.vertices[:, 1].min()].T
    far = [_away(here, _below_box(axes @ centre, size, here)) for centre, size in blocks]
    for one, other, thick in (*sticks, *hand, *arm):
        far.append(_away(here, _below_stick(axes @ one, axes @ other, thick, here)))
    away = outward * max(far)
    hard, soft = (0.3, 40.0), (0.08, 14.0)
    made = [(box(centre + away, axes, size), colour, hard) for centre, size in blocks]
    for group, tone, shine in ((sticks, colour, hard), (hand, skin, soft), (arm, sleeve, soft)):
        made += [
            (capsule(one + away, other + away, thick), tone, shine) for one, other, thick in group
        ]
    draft.pieces += [part(body, tone.astype(np.float32), shine) for body, tone, shine in made]


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


def _hand(base: Numbers, axes: Numbers, random: np.random.Generator) -> tuple[list[Stick], Numbers]:
    """Four fingers, a thumb and the back of a hand, the tip of the middle finger at `base`; and where its wrist is."""
    beside, along, outward = axes
    bend = random.uniform(0.0, 1.0)
    spread = random.uniform(0.9, 1.25)
    bones = []
    for number, length in enumerate((6.6, 7.6, 7.2, 5.6)):
        across = beside * spread * 1.75 * (number - 1.5)
        knuckle = base + along * 7.5 + across + outward * (0.8 + bend)
        middle = knuckle - along * 0.5 * length + outward * (0.6 + 1.2 * bend) + 0.1 * across
        tip = middle - along * 0.5 * length - outward * 1.6 * bend + 0.1 * across
        wrist = base + along * 16.0 + 0.6 * across + outward * (0.8 + bend)
        bones += [(tip, middle, 0.72), (middle, knuckle, 0.80), (knuckle, wrist, 1.15)]
    thumb = base + along * 12.0 - beside * 3.2 + outward * 0.5
    joint = thumb - along * 3.0 - beside * 2.2
    bones += [(thumb, joint, 0.95), (joint, joint - along * 2.8 - beside * 0.3, 0.85)]
    return bones, base + along * 15.5 + outward * (0.8 + bend)


def _grip(edge: Numbers, axes: Numbers, half: float, deep: float) -> tuple[list[Stick], Numbers]:
    """A hand about the edge (3,) of what has half sizes `half` across and `deep` through; and where its wrist is.

    Four fingers lie across what is held, the rest of the hand beside it.
    """
    beside, along, outward = axes
    reach = min(5.0, 2 * half + 0.6)
    bones = []
    for number in range(4):
        at = edge + along * 1.55 * (number - 1.5)
        joint = at + beside * 0.3 + outward * (deep + 0.75)
        bones += [(at + beside * 1.5, joint, 0.9), (joint, joint - beside * reach, 0.78)]
    palm = edge + beside * 1.7
    heel = palm + along * 6.5 + beside * 0.8
    for side in (-0.9, 0.9):
        bones.append((palm - along * 2.0 + outward * side, heel + beside * side, 1.5))
    return bones, heel
