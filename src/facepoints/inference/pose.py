"""Where a head is turned, from a few of its landmarks.

The landmarks that schemes share are laid onto the same points of a mean head under weak perspective (scaled
orthography): the linear step of DeMenthon and Davis, Model-based object pose in 25 lines of code, IJCV 1995, with the
nearest rotation in place of its unscaled rows.
"""

import numpy as np
from numpy.typing import NDArray

from facepoints.schemes.scheme import Scheme

# x to image right, y up, z to the camera, in distances of the outer eye corners. Of the mean face of USC's
# ICT-FaceKit (MIT licence): the vertices that it names as iBUG's landmarks; pupils are the lids' middle.
HEAD = {
    "right_eye_outer": (-0.500, 0.000, 0.000),
    "right_eye_inner": (-0.207, -0.020, 0.066),
    "left_eye_inner": (0.207, -0.020, 0.066),
    "left_eye_outer": (0.500, 0.000, 0.000),
    "right_pupil": (-0.371, 0.007, 0.088),
    "left_pupil": (0.371, 0.007, 0.088),
    "mouth_right": (-0.284, -0.780, 0.178),
    "mouth_left": (0.284, -0.780, 0.178),
    "nose_tip": (0.000, -0.339, 0.501),
    "chin": (0.000, -1.233, 0.205),
}
# Without the nose's tip the rest lies nearly in one plane.
NEEDED = ("right_eye_outer", "left_eye_outer", "nose_tip", "mouth_right", "mouth_left")


def known(scheme: Scheme) -> bool:
    """Whether a scheme names the points that a pose needs."""
    return all(name in scheme.shared for name in NEEDED)


def pose(landmarks: NDArray[np.floating], scheme: Scheme) -> NDArray[np.float32]:
    """Yaw, pitch and roll (N, 3) in degrees of faces with landmarks (N, K, 2).

    Positive yaw turns the face to image right, positive pitch lifts the chin, positive roll tilts the crown to image
    right; they are applied in this order. Right to some 5 to 10 degrees: people differ from the mean head.
    """
    names = [name for name in HEAD if name in scheme.shared]
    head = np.array([HEAD[name] for name in names])
    head -= head.mean(axis=0)
    points = landmarks[:, [scheme.shared[name] for name in names]] * np.array([1.0, -1.0])
    points -= points.mean(axis=1, keepdims=True)
    rows = np.swapaxes(
        np.linalg.pinv(head) @ points, 1, 2
    )  # (N, 2, 3): scaled rows of the rotation
    left, _, right = np.linalg.svd(rows, full_matrices=False)
    x, y = np.moveaxis(left @ right, 1, 0)
    z = np.cross(x, y)
    yaw = np.arctan2(-z[:, 0], z[:, 2])
    pitch = -np.arcsin(np.clip(z[:, 1], -1, 1))
    roll = np.arctan2(x[:, 1], y[:, 1])
    return np.asarray(np.degrees(np.stack([yaw, pitch, roll], axis=1)), np.float32)
