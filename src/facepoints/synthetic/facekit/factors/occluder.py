"""What comes between: hands, telephones, microphones, cups."""

import numpy as np

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.draft import Draft, Piece
from facepoints.synthetic.facekit.landmarks import MESH
from facepoints.synthetic.facekit.shapes import box, capsule, part
from facepoints.synthetic.mesh import Floats

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
    if kind < 0.55:
        draft.pieces += _hand(base, axes, draft.skin, random)
    elif kind < 0.75:  # a telephone, a book, a sheet of paper
        size = random.uniform([2.5, 4.0, 0.3], [6.0, 9.0, 0.6])
        centre = base + axes[1] * random.uniform(2, 8) + 2.0 * outward
        draft.pieces.append(part(box(centre, axes, size), colour, (0.3, 40.0)))
    else:  # a microphone, a lollipop, a cup
        thick = random.uniform(0.6, 3.0)
        start, end = base + outward * thick, base + outward * thick + along * random.uniform(6, 14)
        draft.pieces.append(part(capsule(start, end, thick), colour, (0.3, 40.0)))


def _hand(base: Numbers, axes: Numbers, skin: Floats, random: np.random.Generator) -> list[Piece]:
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
    tone = (skin * random.uniform(0.85, 1.1)).astype(np.float32)
    return [part(capsule(one, other, thick), tone, (0.08, 14.0)) for one, other, thick in bones]
