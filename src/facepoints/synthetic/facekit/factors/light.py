"""Light: soft light from around, and up to three lights that cast shadows and highlights."""

import numpy as np

from facepoints.synthetic.facekit.draft import Draft, Lobe
from facepoints.synthetic.mesh import Floats, unit
from facepoints.synthetic.shading import Light


def light(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """Directions count from the camera. The soft lobes are spherical harmonics up to the second order.

    Strength 0 is even light from the front; all light together keeps about the same amount.
    """
    to_head = draft.view().rotation()
    share = 0.75 if strength == 0 else random.uniform(0.25, 0.95)  # that comes from all around
    lobes = [_towards(random, strength, 180.0) for _ in range(int(random.integers(1, 5)))]
    weights = random.dirichlet(np.ones(len(lobes) + 1) * 1.5)
    lobes.append((np.array([0.0, 0.4, 0.9], np.float32), np.ones(3, np.float32)))
    amount = float(np.exp(0.25 * strength * random.standard_normal()))
    for (direction, tint), weight in zip(lobes, weights, strict=True):
        colour = (amount * share * 1.9 * weight * tint).astype(np.float32)
        draft.lobes.append(Lobe(unit(direction) @ to_head, colour))
    ground = np.float32(amount * share * 0.35)
    draft.lobes.append(Lobe(np.array([0, -1, 0], np.float32) @ to_head, ground * draft.skin))
    count = 1 if strength == 0 else int(random.choice([0, 1, 2, 3], p=[0.2, 0.45, 0.25, 0.1]))
    for number in range(count):
        direction, tint = _towards(random, strength, 85.0)
        power = amount * (1 - share) * (1.5 if number == 0 else random.uniform(0.3, 1.0))
        x, y, z = (unit(direction) @ to_head).tolist()
        red, green, blue = (power * tint).tolist()
        draft.lights.append(Light((x, y, z), (red, green, blue)))


def _towards(random: np.random.Generator, strength: float, widest: float) -> tuple[Floats, Floats]:
    """A direction before the camera, mostly from above, and a tint from warm to cold."""
    aside = np.radians(min(1.0, strength) * random.uniform(-widest, widest))
    up = np.radians(20 + strength * random.uniform(-40, 60))
    warm = strength * random.normal(0.0, 0.12)
    direction = [np.sin(aside) * np.cos(up), np.sin(up), np.cos(aside) * np.cos(up)]
    tint = [1 + warm, 1.0 + 0.03 * strength * random.standard_normal(), 1 - warm]
    return np.array(direction, np.float32), np.maximum(tint, 0.2).astype(np.float32)
