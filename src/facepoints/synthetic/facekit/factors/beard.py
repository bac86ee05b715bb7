"""Beards and moustaches: stubble in the skin, hairs of some length above it."""

import numpy as np

from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.strands import ribbons, straight

_HAIRS = 1500


def beard(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """One face in five has stubble, one in five a beard, a moustache or both. Strength 0 leaves all shaven."""
    kind, chin, lip, dark, length = random.random(5)
    seed = int(random.integers(2**31))
    if kind > 0.40 * strength:
        return
    regions = draft.regions
    chin_share, lip_share = (1.0, 1.0) if chin < 0.6 else (1.0, 0.0) if chin < 0.75 else (0.0, 1.0)
    goatee = 1.0 if lip < 0.6 else np.exp(-((draft.kit.neutral[:, 0] / 2.2) ** 2))
    where = np.maximum(chin_share * goatee * regions.beard, lip_share * regions.moustache)
    colour = np.minimum(draft.hair, draft.skin * 0.7).astype(np.float32)
    draft.paint(colour, (where * (0.15 + 0.45 * dark)).astype(np.float32))
    if kind > 0.20 * strength:
        return
    random = np.random.default_rng(seed)
    roots = regions.jaw
    share = roots.of(
        where[:, None].astype(np.float32), np.arange(len(roots.along), dtype=np.int32)
    )[:, 0]
    candidates = np.flatnonzero(share > random.uniform(0.25, 0.75, len(share)))
    chosen = candidates[random.permutation(len(candidates))[:_HAIRS]].astype(np.int32)
    if not len(chosen):
        return
    start = roots.of(draft.vertices, chosen)
    outward = roots.of(draft.normals(), chosen)
    long = 0.25 + 2.2 * length**3 + 0.2 * random.random((len(chosen), 1))
    aside = np.sign(start[:, :1]) * roots.across[chosen][:, None]
    down = np.concatenate([0.6 * aside, -np.ones_like(aside), 0.0 * aside], axis=1)
    direction = 0.4 * outward + down + 0.25 * random.standard_normal(down.shape)
    direction -= 0.5 * outward * (direction * outward).sum(axis=1, keepdims=True)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    # Hairs of the moustache stay off the lips.
    above = (roots.across > roots.along)[chosen][:, None]
    long = np.where(above, np.minimum(long, 0.7), long)
    paths = straight(start, outward, direction, long, (0.05, 0.05))
    light = np.exp(random.normal(0.0, 0.3, (len(chosen), 1)))
    draft.pieces.append(
        ribbons(
            paths,
            random.uniform(0.06, 0.16, len(chosen)).astype(np.float32),
            (colour * light).astype(np.float32),
            outward,
            draft.view().rotation()[2],
            0.04,
        )
    )
