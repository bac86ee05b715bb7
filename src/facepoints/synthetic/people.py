"""Random people: the numbers of a face, its colours, and the light on it."""

import numpy as np

from facepoints.synthetic.fields import IDENTITY
from facepoints.synthetic.glasses import Glasses
from facepoints.synthetic.hair import Hairstyle
from facepoints.synthetic.head import Face
from facepoints.synthetic.paint import Colour, Palette
from facepoints.synthetic.shading import Light, Lighting

# From light to dark skin, linear RGB.
_SKINS = np.array(
    [
        [0.80, 0.55, 0.45],
        [0.68, 0.42, 0.31],
        [0.50, 0.28, 0.18],
        [0.28, 0.14, 0.085],
        [0.11, 0.058, 0.04],
    ]
)
_HAIRS = np.array(
    [
        [0.012, 0.010, 0.010],
        [0.035, 0.020, 0.012],
        [0.09, 0.05, 0.025],
        [0.20, 0.12, 0.055],
        [0.42, 0.30, 0.15],
        [0.25, 0.075, 0.025],
        [0.36, 0.36, 0.37],
        [0.7, 0.7, 0.7],
    ]
)
_HAIR_SHARES = [0.28, 0.25, 0.16, 0.09, 0.08, 0.05, 0.06, 0.03]
_IRISES = np.array(
    [
        [0.045, 0.022, 0.012],
        [0.10, 0.055, 0.025],
        [0.14, 0.13, 0.05],
        [0.10, 0.19, 0.28],
        [0.20, 0.23, 0.24],
    ]
)


def _colour(values: np.ndarray) -> Colour:
    r, g, b = (float(v) for v in np.clip(values, 0.003, 1.0))
    return r, g, b


def face(random: np.random.Generator, identity: float, expression: float) -> Face:
    """One person with one expression; the strengths scale the deviations from the mean face."""
    numbers = np.clip(random.normal(0.0, 0.65, len(IDENTITY)), -1.4, 1.4) * identity
    person = dict(zip(IDENTITY, numbers.tolist(), strict=True))
    moves = dict.fromkeys(("smile", "frown", "pucker", "mouth_aside"), 0.0)
    mood = random.random()
    strength = float(random.uniform(0.2, 1.0)) * expression
    if mood < 0.40:
        moves["smile"] = strength
    elif mood < 0.50:
        moves["frown"] = strength
    elif mood < 0.60:
        moves["pucker"] = strength
    moves["mouth_aside"] = float(random.normal(0.0, 0.25)) * expression
    brows = random.random()
    strength = float(random.uniform(0.0, 1.0)) * expression
    if brows < 0.3:
        moves["brow_raise"] = strength
    elif brows < 0.5:
        moves["brow_lower"] = strength
    moves["brow_slant"] = float(random.normal(0.0, 0.3)) * expression
    speaks = random.random()
    jaw = 0.0
    if speaks < 0.35:
        jaw = float(random.uniform(0.0, 0.08))
    elif speaks < 0.60:
        jaw = float(random.uniform(0.08, 0.32))
    closed = float(random.uniform(-0.15, 0.35))
    if random.random() < 0.12:
        closed = float(random.uniform(0.35, 1.0))
    eyes = np.full(2, closed) + random.normal(0.0, 0.03, 2)
    if random.random() < 0.04:  # a wink
        eyes[int(random.integers(0, 2))] = 1.0
    eyes = np.clip(eyes, -0.2, 1.0) * expression
    gaze = np.clip(random.normal(0.0, 9.0, 2), -22.0, 22.0)
    return Face(
        person,
        moves,
        jaw * expression,
        (float(eyes[0]), float(eyes[1])),
        (float(gaze[0]), float(gaze[1]) * 0.6),
    )


def hairstyle(random: np.random.Generator) -> Hairstyle:
    """One person's hair: short, long or none."""
    length = float(random.uniform(0.35, 1.0)) if random.random() < 0.35 else 0.0
    thickness = float(random.uniform(0.02, 0.13))
    return Hairstyle(float(random.uniform(-1, 1)), thickness, length, bool(random.random() < 0.07))


def glasses(random: np.random.Generator) -> Glasses:
    """One in eight wears glasses, one in forty dark ones."""
    drawn = random.random()
    return "dark" if drawn < 0.025 else "clear" if drawn < 0.125 else "none"


def palette(random: np.random.Generator) -> Palette:
    """One person's colours."""
    tone = float(random.uniform(0.0, len(_SKINS) - 1.001))
    below = int(tone)
    skin = _SKINS[below] + (tone - below) * (_SKINS[below + 1] - _SKINS[below])
    skin = skin * random.normal(1.0, 0.05, 3)
    red = random.uniform(0.0, 1.0)
    lips = skin * [0.92, 0.55, 0.55] * (1 - 0.25 * red)
    if random.random() < 0.2:  # lipstick
        lips = np.array([random.uniform(0.25, 0.6), 0.03, random.uniform(0.03, 0.10)])
    hair = _HAIRS[random.choice(len(_HAIRS), p=_HAIR_SHARES)] * random.uniform(0.75, 1.25)
    # Darker than the skin whatever the hair, or nobody could say where the brows are.
    brows = np.minimum(0.8 * hair, 0.45 * skin)
    iris = _IRISES[int(random.integers(0, len(_IRISES)))] * random.uniform(0.7, 1.3)
    return Palette(
        _colour(skin),
        _colour(lips),
        _colour(hair),
        _colour(brows),
        _colour(iris),
        _colour(random.uniform(0.02, 0.8) * random.uniform(0.5, 1.0, 3)),
        _colour(random.uniform(0.005, 0.3) * random.uniform(0.3, 1.0, 3)),
        float(random.uniform(0.0, 1.0)),
        float(random.uniform(0.2, 0.9)) if random.random() < 0.25 else 0.0,
        float(random.uniform(0.03, 0.22)),
        int(random.integers(0, 2**31)),
    )


def lighting(random: np.random.Generator) -> Lighting:
    """Light from all sides and from one or two directions."""
    brightness = float(random.uniform(0.75, 1.25))
    share = float(random.uniform(0.25, 0.75))  # of the light that comes from all sides
    tint = _tint(random)
    sky = brightness * share * 0.95 * tint
    ground = sky * float(random.uniform(0.35, 0.8)) * _tint(random)
    lights = [_light(random, brightness * (1 - share) * 1.5)]
    if random.random() < 0.4:
        lights.append(_light(random, brightness * (1 - share) * float(random.uniform(0.3, 0.9))))
    return Lighting(_colour(sky), _colour(ground), tuple(lights))


def _tint(random: np.random.Generator) -> np.ndarray:
    warm = random.normal(0.0, 0.07)
    return np.array([1 + warm, 1.0, 1 - warm])


def _light(random: np.random.Generator, strength: float) -> Light:
    aside, up = np.radians(random.uniform(-80, 80)), np.radians(random.uniform(-15, 70))
    direction = (
        float(np.sin(aside) * np.cos(up)),
        float(np.sin(up)),
        float(np.cos(aside) * np.cos(up)),
    )
    red, green, blue = (strength * _tint(random)).tolist()
    return Light(direction, (red, green, blue))
