"""What the face does: mouths that smile, speak, shout or pout, brows, blinks, and where the eyes look."""

import numpy as np

from facepoints.synthetic.compiled import compiled
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.landmarks import INNER_LIPS, LIDS
from facepoints.synthetic.mesh import Floats, Indices

Moves = dict[str, float]


def expression(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """A plausible combination: one mood for the mouth, one for the brows, lids, gaze, a little of everything."""
    moves: Moves = {}
    _mouth(moves, random)
    _brows(moves, random)
    gaze = random.normal(0.0, [9.0, 5.0]).clip(-25, 25)
    _lids(moves, random, gaze[1])
    for name in ("jawLeft", "mouthLeft", "mouthRollLower", "mouthShrugLower", "jawForward"):
        other = name.replace("Left", "Right")
        _add(moves, name if random.random() < 0.5 else other, 0.25 * random.random() ** 3)
    eyes = [draft.kit.part(name) for name in ("right_eye", "left_eye")]
    resting = [draft.vertices[eye].copy() for eye in eyes]
    for name, amount in moves.items():
        move = draft.kit.moves[name]
        _push(draft.vertices, move.vertices, np.float32(strength * amount), move.offsets)
    if strength > 0:
        _met(draft, INNER_LIPS, "jawOpen")
        for lids, side in zip(LIDS, ("_R", "_L"), strict=True):
            _met(draft, lids, "eyeBlink" + side)
    # The eyeballs turn rigidly instead of by the moves' straight ways.
    for eye, rest in zip(eyes, resting, strict=True):
        draft.vertices[eye] = _turned(rest, strength * gaze[0], strength * gaze[1])
    draft.jaw = float(min(1.0, strength * moves.get("jawOpen", 0.0)))


def _add(moves: Moves, name: str, amount: float) -> None:
    moves[name] = moves.get(name, 0.0) + float(amount)


def _both(moves: Moves, name: str, amount: float, random: np.random.Generator) -> None:
    """A move of both sides, which people never make quite evenly."""
    for side in ("_L", "_R"):
        _add(moves, name + side, amount * random.uniform(0.85, 1.1))


def _mouth(moves: Moves, random: np.random.Generator) -> None:
    mood = random.random()
    amount = random.uniform(0.15, 1.0)
    if mood < 0.48:  # smiles; broad ones show the teeth
        _both(moves, "mouthSmile", amount, random)
        _both(moves, "cheekSquint", 0.6 * amount * random.random(), random)
        if random.random() < 0.65:
            _both(moves, "mouthUpperUp", 0.5 * amount, random)
            _both(moves, "mouthLowerDown", random.uniform(0.1, 0.6) * amount, random)
            _add(moves, "jawOpen", 0.28 * amount * random.random())
        else:
            _both(moves, "mouthDimple", 0.4 * random.random(), random)
    elif mood < 0.57:  # sad or displeased
        _both(moves, "mouthFrown", amount, random)
        _add(moves, "mouthShrugLower", 0.5 * random.random() * amount)
    elif mood < 0.63:
        _add(moves, "mouthPucker", amount)
    elif mood < 0.67:
        _add(moves, "mouthFunnel", amount)
        _add(moves, "jawOpen", 0.2 * amount)
    elif mood < 0.72:  # disgust
        _both(moves, "noseSneer", amount, random)
        _both(moves, "mouthUpperUp", 0.6 * amount, random)
    elif mood < 0.75:
        _both(moves, "mouthStretch", amount, random)
    elif mood < 0.78:
        _both(moves, "mouthPress", amount, random)
    elif mood < 0.80:
        _both(moves, "cheekPuff", 0.8 * amount, random)
    jaw = random.random()
    if jaw < 0.22:  # speaks
        _add(moves, "jawOpen", random.uniform(0.03, 0.25))
        _both(moves, "mouthLowerDown", 0.4 * random.random(), random)
    elif jaw < 0.32:  # shouts, laughs, yawns
        _add(moves, "jawOpen", random.uniform(0.25, 0.85))
        _both(moves, "mouthUpperUp", 0.5 * random.random(), random)


def _brows(moves: Moves, random: np.random.Generator) -> None:
    mood = random.random()
    amount = random.uniform(0.1, 1.0)
    if mood < 0.25:
        _both(moves, "browInnerUp", amount, random)
        _both(moves, "browOuterUp", amount * random.random(), random)
    elif mood < 0.45:
        _both(moves, "browDown", amount, random)
    elif mood < 0.50:  # one brow
        _add(moves, "browOuterUp" + ("_L" if random.random() < 0.5 else "_R"), amount)


def _lids(moves: Moves, random: np.random.Generator, up: float) -> None:
    state = random.random()
    amount = random.uniform(0.0, 1.0)
    if state < 0.10:  # closed or nearly
        _both(moves, "eyeBlink", random.uniform(0.7, 1.0), random)
    elif state < 0.35:
        _both(moves, "eyeSquint", amount, random)
        _both(moves, "eyeBlink", 0.35 * amount, random)
    elif state < 0.50:
        _both(moves, "eyeWide", amount, random)
    elif state < 0.53:  # a wink
        _add(moves, "eyeBlink" + ("_L" if amount < 0.5 else "_R"), 1.0)
    # The lids follow the gaze.
    _both(moves, "eyeLookDown" if up < 0 else "eyeLookUp", min(1.0, abs(up) / 25), random)


def _met(draft: Draft, pairs: tuple[tuple[int, ...], tuple[int, ...]], name: str) -> None:
    """Add or take back as much of a move as upper and lower vertices need to meet where they would pass one another."""
    upper, lower = (list(each) for each in pairs)
    gap = draft.vertices[upper, 1] - draft.vertices[lower, 1]
    if gap.min() >= 0:
        return
    move = draft.kit.moves[name]
    height = np.zeros(len(draft.vertices), np.float32)
    height[move.vertices] = move.offsets[:, 1]
    needed = np.minimum(gap, 0) / (height[lower] - height[upper])
    _push(draft.vertices, move.vertices, needed[np.abs(needed).argmax()], move.offsets)


@compiled
def _push(vertices: Floats, which: Indices, amount: np.float32, offsets: Floats) -> None:
    """vertices[which] += amount * offsets, without the copies that numpy makes for it."""
    for row in range(which.shape[0]):
        for axis in range(3):
            vertices[which[row], axis] += amount * offsets[row, axis]


def _turned(ball: Floats, aside: float, up: float) -> Floats:
    """An eyeball (N, 3) that looks `aside` to the person's left and `up`, degrees."""
    centre = 0.5 * (ball.min(axis=0) + ball.max(axis=0))
    yaw, pitch = np.radians([aside, up]).astype(np.float32)
    x, y, z = (ball - centre).T
    y, z = y * np.cos(pitch) + z * np.sin(pitch), z * np.cos(pitch) - y * np.sin(pitch)
    x, z = x * np.cos(yaw) + z * np.sin(yaw), z * np.cos(yaw) - x * np.sin(yaw)
    result: Floats = np.stack([x, y, z], axis=1) + centre
    return result
