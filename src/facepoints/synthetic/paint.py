"""The colours of skin, lips, brows, hair, eyes and teeth, vertex by vertex."""

from dataclasses import dataclass

import numpy as np

from facepoints.synthetic import parts
from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.hair import strands
from facepoints.synthetic.masks import Masks, skin_masks
from facepoints.synthetic.mesh import Floats
from facepoints.synthetic.template import POCKET, template

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Palette:
    """One face's colours, as linear RGB from 0 to 1.

    blush, stubble, freckles: strengths, 0 to 1
    shine:    the skin's specular strength
    seed:     draws the strands of the hair and the skin's unevenness
    """

    skin: Colour
    lips: Colour
    hair: Colour
    brows: Colour
    iris: Colour
    clothes: Colour
    frame: Colour
    blush: float
    stubble: float
    shine: float
    seed: int


def paint(palette: Palette, hair: Numbers) -> tuple[Floats, Floats]:
    """Colours (V, 3) and shine (V, 2) of a head with this cover of hair (S,)."""
    model, masks = template(), skin_masks()
    random = np.random.default_rng(palette.seed)
    skin = _skin(palette, masks, hair, random)

    colours = np.empty((model.count, 3))
    shine = np.empty((model.count, 2))
    colours[: len(skin)] = skin
    gloss = palette.shine * (1 - 0.6 * hair) * (1 - masks.clothes) * (1 - 0.8 * masks.brows)
    shine[: len(skin), 0] = gloss + 0.18 * masks.lips
    shine[: len(skin), 1] = 12 + 18 * masks.lips
    rest = slice(len(skin), None)
    shine[rest] = (0.02, 10.0)
    starts = model.starts
    lashes = np.minimum(np.array(palette.brows) * 0.5, 0.06)
    lid = np.array(palette.skin) * [0.75, 0.55, 0.5]
    for (upper, lower), name in zip(model.lids, ("right_lid", "left_lid"), strict=True):
        width = upper.shape[1]
        at = starts[name]
        colours[at : at + width] = lashes
        colours[at + width : at + 2 * width] = lid
        colours[upper[0, 1:-1]] = 0.35 * colours[upper[0, 1:-1]] + 0.65 * lashes
        colours[lower[0, 1:-1]] = 0.75 * colours[lower[0, 1:-1]] + 0.25 * lashes
    inside = np.array([[0.30, 0.07, 0.06], [0.12, 0.02, 0.02], [0.02, 0.003, 0.003]])
    rows = inside[[0, 1, 2, 2, 2, 1, 0]]
    width = len(model.lips[0])
    colours[starts["pocket"] : starts["pocket"] + len(POCKET) * width] = np.repeat(
        rows, width, axis=0
    )
    gaps = parts.tooth_gaps()
    tooth = np.array([0.80, 0.76, 0.66]) * (1 - 0.45 * gaps[:, None])
    teeth = slice(starts["upper_teeth"], starts["right_ear"])
    colours[teeth] = np.tile(tooth, (10, 1))
    shine[teeth] = (0.25, 40.0)
    glasses = slice(starts["frame"], starts["right_eye"])
    colours[glasses] = palette.frame
    shine[glasses] = (0.5, 60.0)
    colours[starts["lenses"] : starts["right_eye"]] = 0.015
    _ears(palette, colours, shine)
    _eyes(palette, colours, shine)
    return colours.astype(np.float32), shine.astype(np.float32)


def _skin(palette: Palette, masks: Masks, hair: Numbers, random: np.random.Generator) -> Numbers:
    base = np.array(palette.skin)
    uneven = _patches(random)
    colour = base * (1 + 0.06 * uneven[:, None])
    colour = _mix(colour, base * [1.02, 0.66, 0.62], 0.55 * palette.blush * masks.blush)
    colour = _mix(
        colour, 0.35 * base + 0.10 * np.array(palette.brows), palette.stubble * masks.stubble
    )
    colour = _mix(colour, np.array(palette.lips), masks.lips)
    colour = colour * (1 - 0.85 * masks.dark[:, None])
    colour = _mix(colour, np.array(palette.brows), masks.brows)
    streaks = 1 + 0.45 * strands(random)[:, None]
    colour = _mix(colour, np.array(palette.hair) * streaks, hair)
    return _mix(colour, np.array(palette.clothes), masks.clothes)


def _mix(one: Numbers, other: Numbers, share: Numbers) -> Numbers:
    result: Numbers = one + share[:, None] * (other - one)
    return result


def _patches(random: np.random.Generator) -> Numbers:
    """The skin's unevenness (S,), about -1 to 1: a few waves over the face."""
    place = template().skin
    total = np.zeros(len(place))
    for _ in range(6):
        direction = random.normal(0.0, 4.0, 3)
        total += np.sin(place @ direction + random.uniform(0, 2 * np.pi))
    return total / 4


def _ears(palette: Palette, colours: Numbers, shine: Numbers) -> None:
    starts = template().starts
    piece = parts.ear()
    base = np.array(palette.skin) * [1.0, 0.86, 0.82]
    shade = np.array([0.35, 0.45, 0.65, 0.8, 1.0, 1.0, 1.0, 0.95, 0.85, 0.6])
    ear = np.repeat(shade[:, None] * base, piece.shape[1], axis=0)
    for name in ("right_ear", "left_ear"):
        at = slice(starts[name], starts[name] + len(ear))
        colours[at] = ear
        shine[at] = (palette.shine, 12.0)


def _eyes(palette: Palette, colours: Numbers, shine: Numbers) -> None:
    starts = template().starts
    rings = np.empty((len(parts.IRIS_RINGS), 3))
    rings[:] = (0.72, 0.68, 0.65)
    rings[7:] = (0.66, 0.52, 0.48)
    iris = np.array(palette.iris)
    rings[: parts.PUPIL] = 0.004
    rings[parts.PUPIL] = 0.8 * iris
    rings[parts.PUPIL + 1 : parts.IRIS] = 1.25 * iris
    rings[parts.IRIS] = 0.8 * iris
    rings[parts.LIMBUS] = 0.3 * iris + 0.02
    eye = np.repeat(rings, parts.eyeball().shape[1], axis=0)
    for name in ("right_eye", "left_eye"):
        at = slice(starts[name], starts[name] + len(eye))
        colours[at] = eye
        shine[at] = (0.9, 180.0)
