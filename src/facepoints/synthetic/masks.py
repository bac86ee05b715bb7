"""Where on the skin lips, brows, hair and shade are."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from facepoints.synthetic.curves import LIP_CORNER, Numbers, brow_height, brow_thickness, smoothstep
from facepoints.synthetic.relief import bump
from facepoints.synthetic.template import template


@dataclass(frozen=True)
class Masks:
    """Weights over the skin's vertices (S,), 0 to 1."""

    lips: Numbers
    brows: Numbers
    dark: Numbers
    blush: Numbers
    stubble: Numbers
    clothes: Numbers


@lru_cache(maxsize=1)
def places() -> tuple[Numbers, Numbers]:
    """Row (S,) and column (S,) of the skin's vertices in the grid."""
    index = template().grid.index
    row, column = np.empty(index.max() + 1), np.empty(index.max() + 1)
    # The first place of a vertex that has several counts.
    row[index[::-1].ravel()] = np.repeat(np.arange(len(index))[::-1], index.shape[1])
    column[index[::-1].ravel()] = np.tile(np.arange(index.shape[1]), len(index))
    return row, column


@lru_cache(maxsize=1)
def skin_masks() -> Masks:
    """The masks of the mean face."""
    model = template()
    rows, per_row = model.grid.rows, places()[0]
    x, y, z = np.abs(model.skin[:, 0]), model.skin[:, 1], model.skin[:, 2]
    front = smoothstep(-0.9, -0.6, z)

    corner = x < LIP_CORNER + 0.004
    upper = (per_row >= rows["lip_top"]) & (per_row <= rows["mouth_top"])
    lower = (per_row >= rows["mouth_low"]) & (per_row <= rows["lip_low"])
    edge = (per_row == rows["lip_top"]) | (per_row == rows["lip_low"])
    lips = front * corner * (upper | lower) * np.where(edge, 0.55, 1.0)

    off = np.abs(y - brow_height(x)) / brow_thickness(x)
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
    clothes = smoothstep(rows["collar"], rows["hem"], per_row)

    return Masks(
        lips,
        brows,
        np.clip(dark, 0, 1),
        np.clip(blush, 0, 1),
        stubble,
        clothes,
    )
