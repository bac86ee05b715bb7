"""Skin: its two pigments, blood in cheeks and nose, blotches, freckles, moles, shadows under the eyes, sheen, lips."""

import numpy as np

from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.mesh import Floats, along

# How strongly a unit of each pigment takes in red, green and blue light: the slopes of melanin's and haemoglobin's
# absorption over the visible range, in round numbers (Tsumura et al. 2003, Image-based skin color and texture
# analysis/synthesis by extracting hemoglobin and melanin information in the skin).
_MELANIN = (0.55, 0.85, 1.25)
_BLOOD = (0.10, 0.75, 0.60)
_PALE = (0.86, 0.72, 0.63)


def albedo(melanin: Numbers, blood: Numbers) -> Floats:
    """Diffuse colour (N, 3), linear RGB, for amounts of the pigments (N,): Lambert and Beer's law."""
    some, more = melanin.astype(np.float32), blood.astype(np.float32)
    channels = zip(_PALE, _MELANIN, _BLOOD, strict=True)
    return np.stack([pale * np.exp(-(some * dark + more * red)) for pale, dark, red in channels], 1)


def skin(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """Paint the whole kit as skin, then the parts that are not."""
    regions, place = draft.regions, draft.kit.neutral
    count = len(place)
    tone = float(np.clip(0.5 + strength * (random.random() - 0.5), 0, 1))
    melanin = np.full(count, 0.05 + 1.75 * tone**1.3)
    blood = np.full(count, 0.32 + 0.10 * strength * random.standard_normal())
    flush = strength * random.random()
    blood += 0.30 * flush * (regions.cheeks + 0.8 * regions.nose + 0.8 * regions.ears)
    blood += strength * 0.05 * _waves(random, place, 0.7)
    melanin *= 1 + strength * 0.06 * _waves(random, place, 1.2)
    grain = random.standard_normal(count) * strength
    melanin *= 1 + 0.03 * grain
    if random.random() < 0.25 * strength:  # freckles
        density = random.uniform(0.02, 0.12) * (regions.cheeks + regions.nose)
        melanin += 0.5 * (random.random(count) < density)
    if random.random() < 0.4 * strength:  # moles
        melanin += 1.5 * (random.random(count) < 0.0006)
    tired = strength * random.random()
    melanin += 0.25 * tired * regions.under_eyes
    blood += 0.25 * tired * regions.under_eyes + 0.15 * regions.lids * random.random()
    draft.colours[:] = albedo(melanin, np.maximum(blood, 0.05))
    draft.skin = draft.colours[: draft.kit.part("face").stop].mean(axis=0)
    red = 0.55 + 0.35 * strength * random.random()
    draft.paint(albedo(0.75 * melanin + 0.05, blood + red), regions.lips)
    oily = max(0.0, 0.05 + 0.13 * (0.5 + strength * (random.random() - 0.5)))
    draft.shine[:, 0] = oily * (1 + 0.8 * regions.nose)
    draft.shine[:, 1] = 10 + 12 * random.random()
    draft.shine[:, 0] += 0.12 * regions.lips
    _inside(draft, random)


def _inside(draft: Draft, random: np.random.Generator) -> None:
    """The mouth's inside, gums, tongue and teeth, and the eyes' sockets."""
    kit = draft.kit
    draft.colours[kit.part("mouth")] = (0.22, 0.05, 0.045)
    draft.colours[kit.part("gums")] = (0.42, 0.12, 0.11)
    white = random.uniform(0.55, 0.85)
    draft.colours[kit.part("teeth")] = white * np.array([1.0, 0.95, 0.85 - 0.15 * random.random()])
    draft.colours[kit.part("sockets")] = draft.skin * np.array([0.9, 0.55, 0.5])
    for name, shine in (("mouth", (0.1, 30)), ("gums", (0.2, 40)), ("teeth", (0.35, 50))):
        draft.shine[kit.part(name)] = shine


def _waves(random: np.random.Generator, place: Floats, frequency: float) -> Numbers:
    """Unevenness (V,), about -2 to 2: some waves over the head."""
    total = np.zeros(len(place), np.float32)
    for _ in range(6):
        direction = random.normal(0.0, frequency, 3)
        phase = np.float32(random.uniform(0, 2 * np.pi))
        total += np.sin(along(place, direction) + phase)
    return total.astype(np.float64) / 2
