"""Masks over mouth and nose."""

import numpy as np

from facepoints.synthetic.facekit.contour import EARS
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.landmarks import MESH
from facepoints.synthetic.facekit.shapes import part, shell
from facepoints.synthetic.glasses import tube

_COLOURS = np.array([[0.35, 0.55, 0.75], [0.75, 0.76, 0.78], [0.02, 0.02, 0.02], [0.1, 0.15, 0.35]])
_KNOTS = 7  # of the grid that cloth is stretched over, per side


def mask(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """One face in twenty-five. Strength 0 takes it off."""
    worn, chin = random.random(2)
    colour = _COLOURS[int(random.integers(len(_COLOURS)))] * random.uniform(0.7, 1.2, 3)
    top = random.uniform(0.25, 0.8)
    if worn > 0.04 * strength:
        return
    neutral = draft.kit.neutral
    points = neutral[list(MESH)]
    highest = (
        points[30, 1] + (points[27, 1] - points[30, 1]) * top if chin > 0.15 else points[57, 1]
    )
    x, y = neutral[:, 0], neutral[:, 1]
    upper = highest - 0.035 * x**2
    share = (y < upper) & (y > points[8, 1] - 0.9) & (np.abs(x) < 6.3) & (neutral[:, 2] > 3.0)
    share[draft.kit.part("face").stop :] = False
    used = np.flatnonzero(share)
    places = draft.vertices + np.float32(0.45) * draft.normals()
    # Cloth does not follow lips and nostrils: it is stretched over what stands out around.
    for row, column in np.ndindex(_KNOTS, _KNOTS):
        at = np.array(
            [
                x[used].min() + (x[used].max() - x[used].min()) * (column + 0.5) / _KNOTS,
                y[used].min() + (y[used].max() - y[used].min()) * (row + 0.5) / _KNOTS,
            ]
        )
        near = np.exp(-((x[used] - at[0]) ** 2 + (y[used] - at[1]) ** 2) / 0.8)
        if near.max() > 0.5:
            tallest = float((places[used, 2] * (near > 0.5)).max())
            lift = np.maximum(tallest - 0.35 - places[used, 2], 0.0)
            places[used, 2] += (0.6 * near * lift).astype(np.float32)
    cloth = shell(draft, share.astype(np.float32), places, colour.astype(np.float32), (0.03, 10.0))
    if cloth is None:
        return
    draft.pieces.append(cloth)
    for sign, ear in zip((-1.0, 1.0), EARS, strict=True):
        side = used[np.argmax(sign * x[used])]
        end = draft.vertices[ear].astype(np.float64) + [sign * 0.3, -2.0, -0.5]
        start = places[side].astype(np.float64)
        path = np.stack([start, 0.5 * (start + end) + [sign * 0.3, 0, 0], end])
        draft.pieces.append(
            part(tube(path, 0.08, (0.0, 1.0, 0.0)), colour.astype(np.float32), (0.03, 10.0))
        )
