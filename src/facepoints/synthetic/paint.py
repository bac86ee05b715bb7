"""The colours of skin, lips, brows, hair, eyes and teeth, vertex by vertex."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from facepoints.synthetic import grid, parts
from facepoints.synthetic.grid import FRONT, smoothstep
from facepoints.synthetic.mesh import Floats
from facepoints.synthetic.relief import bump
from facepoints.synthetic.skull import Numbers
from facepoints.synthetic.template import POCKET, template

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Palette:
    """One face's colours, as linear RGB from 0 to 1.

    hairline: how far down the hair grows, about -1 to 1; 2 and more is bald
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
    hairline: float
    blush: float
    stubble: float
    shine: float
    seed: int


@dataclass(frozen=True)
class _Masks:
    """Weights over the skin's vertices (S,), 0 to 1."""

    lips: Numbers
    brows: Numbers
    dark: Numbers
    blush: Numbers
    stubble: Numbers
    clothes: Numbers
    rise: Numbers
    column: Numbers
    row: Numbers
    outward: Numbers


def paint(palette: Palette) -> tuple[Floats, Floats, Numbers]:
    """Colours (V, 3), shine (V, 2) and the hair's displacement per thickness (S, 3)."""
    model, masks = template(), _masks()
    random = np.random.default_rng(palette.seed)
    hair = smoothstep(-0.035, 0.035, masks.rise + 0.13 * palette.hairline - 0.1) * (
        palette.hairline > -1.5
    )
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
    _ears(palette, colours, shine)
    _eyes(palette, colours, shine)
    outward = masks.outward * hair[:, None]
    return colours.astype(np.float32), shine.astype(np.float32), outward


def _skin(palette: Palette, masks: _Masks, hair: Numbers, random: np.random.Generator) -> Numbers:
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
    strands = _strands(masks, random)
    colour = _mix(colour, np.array(palette.hair) * (1 + 0.45 * strands[:, None]), hair)
    return _mix(colour, np.array(palette.clothes), masks.clothes)


def _mix(one: Numbers, other: Numbers, share: Numbers) -> Numbers:
    result: Numbers = one + share[:, None] * (other - one)
    return result


def _strands(masks: _Masks, random: np.random.Generator) -> Numbers:
    """Brightness of the hair, in streaks that run down the columns: (S,), about -1 to 1."""
    count = 2 * FRONT + 1 + grid.BACK
    coarse = random.uniform(-1.0, 1.0, (14, count))
    streaks = 0.6 * random.uniform(-1.0, 1.0, count) + 0.0 * coarse
    streaks = streaks + 0.4 * coarse
    column = masks.column.astype(int)
    row = np.clip(masks.row / 4, 0, 12.999)
    below = row.astype(int)
    q = row - below
    result: Numbers = (1 - q) * streaks[below, column] + q * streaks[below + 1, column]
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


@lru_cache(maxsize=1)
def _masks() -> _Masks:
    model = template()
    net, rows = model.grid, model.grid.rows
    flat = net.index.ravel()
    number, column = np.indices(net.index.shape)
    per_row, per_column = np.empty(len(model.skin)), np.empty(len(model.skin))
    per_row[flat[::-1]], per_column[flat[::-1]] = number.ravel()[::-1], column.ravel()[::-1]
    x, y, z = np.abs(model.skin[:, 0]), model.skin[:, 1], model.skin[:, 2]
    front = smoothstep(-0.9, -0.6, z)

    corner = x < grid.LIP_CORNER + 0.004
    upper = (per_row >= rows["lip_top"]) & (per_row <= rows["mouth_top"])
    lower = (per_row >= rows["mouth_low"]) & (per_row <= rows["lip_low"])
    edge = (per_row == rows["lip_top"]) | (per_row == rows["lip_low"])
    lips = front * corner * (upper | lower) * np.where(edge, 0.55, 1.0)

    off = np.abs(y - grid.brow_height(x)) / grid.brow_thickness(x)
    brows = (
        front * smoothstep(1.25, 0.55, off) * smoothstep(0.09, 0.16, x) * smoothstep(0.70, 0.60, x)
    )

    dark = (
        0.95 * bump(x, y, (0.066, -0.512), (0.038, 0.022)) * front  # nostrils
        + 0.16 * bump(x, y, (0.34, 0.05), (0.16, 0.10)) * front  # under the brow
        + 0.12 * bump(x, y, (0.175, -0.47), (0.03, 0.06)) * front  # beside the nose
        + 0.30 * smoothstep(rows["jaw"] + 1, rows["jaw"] + 6, per_row)
    )
    blush = front * bump(x, y, (0.45, -0.36), (0.20, 0.18)) + 0.5 * front * bump(
        x, y, (0.0, -0.42), (0.14, 0.12)
    )
    beard = smoothstep(-0.55, -0.75, y) * smoothstep(-0.95, -0.7, z)
    stubble = beard * smoothstep(rows["neck"] + 2, rows["jaw"], per_row)
    clothes = smoothstep(net.rows["collar"] - 0.5, net.rows["collar"] + 0.5, per_row)

    # Height above the hairline: over the forehead, down before the ears, down to the nape.
    turn = np.abs(np.arctan2(x, z + 0.98))
    line = np.interp(
        turn,
        [0.0, 0.5, 0.85, 1.1, 1.42, 1.55, 1.8, 2.1, 3.2],
        [0.80, 0.78, 0.64, 0.34, 0.12, 0.10, 0.0, -0.55, -0.75],
    )
    above = np.where(per_row <= rows["jaw"] + 3, y - line, -1.0)
    centre = np.array([0.0, 0.1, -1.0])
    outward = model.skin - centre
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    return _Masks(
        lips,
        brows,
        np.clip(dark, 0, 1),
        np.clip(blush, 0, 1),
        stubble,
        clothes,
        above,
        per_column,
        per_row,
        outward,
    )
