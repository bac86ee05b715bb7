"""Hair of the head: bald, shaved, short, long, straight or curled, combed or parted, of any colour."""

from dataclasses import dataclass

import numpy as np

from facepoints.synthetic.curves import smoothstep
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.shapes import outside, skull
from facepoints.synthetic.facekit.strands import ribbons
from facepoints.synthetic.mesh import Floats, along

COLOURS = np.array(
    [
        [0.010, 0.009, 0.008],
        [0.028, 0.017, 0.011],
        [0.075, 0.042, 0.022],
        [0.17, 0.10, 0.05],
        [0.40, 0.27, 0.13],
        [0.23, 0.07, 0.025],
        [0.32, 0.31, 0.31],
        [0.65, 0.64, 0.62],
    ]
)
_SHARES = [0.28, 0.26, 0.17, 0.09, 0.07, 0.04, 0.06, 0.03]
_STEPS = 9
_STRANDS = 1700


@dataclass(frozen=True)
class Style:
    """length in centimetres; recede: how far the hairline goes back; comb: (3,) where it is combed, in the head's
    frame; part: side of the parting, centimetres from the middle, or None; lift: how steeply it stands; weight: how
    soon it hangs; curl: centimetres; fringe: down to which height it may hang before the face; dense: of the strands
    """

    length: float
    recede: float
    comb: Floats
    part: float | None
    lift: float
    weight: float
    curl: float
    fringe: float
    dense: float


def hair(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """Strength 0 is a bald head; the share of heads with hair grows with it."""
    colour = COLOURS[int(random.choice(len(COLOURS), p=_SHARES))] * random.uniform(0.7, 1.3)
    if strength > 0:
        draft.hair = colour.astype(np.float32)
    style = _style(random)
    bald = random.random()
    if bald < 0.08 or bald >= 0.08 + 0.92 * min(1.0, strength):
        return
    height = draft.regions.hairline - style.recede * draft.regions.front
    covered = smoothstep(-0.3, 0.5, height.astype(np.float64)).astype(np.float32)
    shade = 0.5 if style.length > 1 else 0.35 + 0.5 * style.dense
    draft.paint(draft.hair * np.float32(0.7), covered * np.float32(shade + 0.3))
    draft.shine[:, 0] *= 1 - 0.7 * covered
    roots = draft.regions.scalp
    line = style.recede * roots.across + random.normal(0.0, 0.25, len(roots.along))
    allowed = roots.along > line
    candidates = np.flatnonzero(allowed)
    wanted = int(_STRANDS * style.dense * (1.4 if style.length < 2 else 1.0))
    chosen = candidates[random.permutation(len(candidates))[:wanted]].astype(np.int32)
    if not len(chosen):
        return
    outward = roots.of(draft.normals(), chosen)
    start = roots.of(draft.vertices, chosen)
    paths = _grown(draft, style, start, outward, random)
    streaks = np.exp(random.normal(0.0, 0.28, (len(chosen), 1)))
    width = random.uniform(0.14, 0.36, len(chosen)) * (1.0 if style.length > 2 else 0.6)
    draft.pieces.append(
        ribbons(
            paths,
            width.astype(np.float32),
            (draft.hair * streaks).astype(np.float32),
            outward,
            draft.view().rotation()[2],
            0.10 + 0.12 * random.random(),
        )
    )


def _style(random: np.random.Generator) -> Style:
    kind = random.random()
    if kind < 0.18:  # shaved or close-cropped
        length = random.uniform(0.2, 1.2)
    elif kind < 0.60:
        length = random.uniform(2.0, 8.0)
    elif kind < 0.74:
        length = random.uniform(8.0, 16.0)
    else:
        length = random.uniform(16.0, 34.0)
    aside = random.uniform(-1, 1)
    back = random.uniform(-1.0, 0.8) if length < 9 else random.uniform(-1.0, -0.2)
    comb = np.array([1.2 * aside, 0.1, back], np.float32)
    parted = random.random() < (0.25 if length < 9 else 0.85)
    return Style(
        float(length),
        float(max(0.0, random.normal(0.2, 0.8)) if length < 9 else 0.3 * random.random()),
        comb,
        float(random.normal(0.0, 2.0)) if parted else None,
        float(random.uniform(0.25, 0.9) if length < 9 else random.uniform(0.1, 0.5)),
        float(random.uniform(0.2, 0.9) if length < 9 else random.uniform(0.9, 1.8)),
        float(random.uniform(0.2, 0.8) if random.random() < 0.35 else random.uniform(0.0, 0.2)),
        float(random.uniform(4.6, 9.5)),
        float(random.uniform(0.55, 1.0)),
    )


def _grown(
    draft: Draft, style: Style, start: Floats, outward: Floats, random: np.random.Generator
) -> Floats:
    """Paths (S, steps, 3): up from the root, along the comb, then down by their weight, around the skull."""
    count = len(start)
    centre, half = skull(draft)
    comb = np.tile(style.comb, (count, 1))
    if style.part is not None:
        comb[:, 0] = np.sign(start[:, 0] - style.part) * 1.1
    comb += 0.25 * random.standard_normal(comb.shape).astype(np.float32)
    length = style.length * random.uniform(0.75, 1.1, (count, 1))
    step = (length / (_STEPS - 1)).astype(np.float32)
    # Neighbouring strands curl together.
    phase = along(start, random.normal(0.0, 0.8, 3)) + random.normal(0.0, 0.5, count)
    turns = random.uniform(0.5, 1.6)
    clearance = np.float32(0.15) + 0.25 * random.random((count, 1)).astype(np.float32)
    direction = style.lift * outward + (1 - style.lift) * comb
    place, paths = start.copy(), [start]
    stopped = np.zeros((count, 1), np.bool_)
    for number in range(1, _STEPS):
        share = number / _STEPS
        # Combed near the root; what is farther hangs.
        far = number * step / 7.0
        direction = 0.5 * direction + 0.5 * np.exp(-far) * comb
        direction[:, 1:2] -= style.weight * far
        direction /= np.sqrt((direction**2).sum(axis=1, keepdims=True))
        moved = outside(place + step * direction, centre, half + clearance)
        curl = style.curl * np.sin(2 * np.pi * turns * number / 2 + phase)[:, None]
        curled = moved + (curl * share * np.cross(direction, outward)).astype(np.float32)
        # Hair stops before the face, and where it meets the shoulders.
        before = (curled[:, 1] < style.fringe) & (curled[:, 2] > 5.5) & (np.abs(curled[:, 0]) < 7.0)
        stopped |= (before | (curled[:, 1] < -15.5))[:, None]
        place = np.where(stopped, place, moved).astype(np.float32)
        paths.append(np.where(stopped, paths[-1], curled).astype(np.float32))
    return np.stack(paths, axis=1)
