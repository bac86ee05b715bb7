"""How the head is turned, how far away the camera is, and where in the picture the face lies."""

import numpy as np

from facepoints.synthetic.camera import Camera
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.landmarks import landmarks

PIVOT = (0.0, 0.0, 4.0)
_MOST = np.array([90.0, 90.0, 180.0])  # degrees, whatever the strength
_LEAST = -_MOST
_NEAR, _FAR = 35.0, 250.0  # centimetres: a raised phone, a portrait lens


def pose(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """A camera that shows the posed face in the wanted size at the wanted place."""
    settings = draft.settings
    # Turned heads are common, tilted ones less so.
    yaw, pitch, roll = strength * random.uniform(-1, 1, 3) * random.uniform(0, 1, 3) ** [0.5, 1, 1]
    near = _NEAR * (_FAR / _NEAR) ** random.random()
    distance = float(strength * near + max(0.0, 1 - strength) * 100)
    shown = random.uniform(settings.fill[0], settings.fill[1])
    fill = float(np.mean(settings.fill) if strength == 0 else shown)
    shift = min(strength, 1.0) * random.uniform(-settings.shift, settings.shift, 2)
    turn = (yaw * settings.yaw, pitch * settings.pitch, roll * settings.roll)
    yaw, pitch, roll = (float(angle) for angle in np.clip(turn, _LEAST, _MOST))
    plain = Camera(yaw, pitch, roll, PIVOT, distance, 1.0, (0.0, 0.0))
    points = landmarks(draft.kit, draft.vertices, draft.brow, plain, "ibug68")
    seen = plain.project(points)[:, :2]
    low, high = seen.min(axis=0), seen.max(axis=0)
    focal = float(fill * settings.side / (high - low).max())
    middle = (settings.side - 1) / 2 + shift * settings.side - focal * (low + high) / 2
    centre = (float(middle[0]), float(middle[1]))
    draft.camera = Camera(yaw, pitch, roll, PIVOT, distance, focal, centre)
