"""What the camera makes of it: exposure, white balance, contrast, blur, few pixels, noise, JPEG."""

from functools import partial

import cv2
import numpy as np

from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.mesh import Floats
from facepoints.synthetic.scene import GAMMA


def sensor(draft: Draft, random: np.random.Generator, strength: float) -> None:
    """Strength 0 leaves the picture as it is."""
    if strength == 0:
        return
    balance = np.exp(strength * random.normal(0.0, [0.10, 0.03, 0.10]))
    exposure = np.exp(strength * random.normal(0.0, 0.30))
    draft.finishes.append(partial(_exposed, (balance * exposure).astype(np.float32)))
    draft.finishes.append(partial(_toned, float(np.exp(strength * random.normal(0.0, 0.15)))))
    if random.random() < 0.06 * strength:
        draft.finishes.append(_grey)
    size = draft.settings.side / 256
    sigma = float(1.6 * size * strength * random.random() ** 3)
    angle, length = random.uniform(0, np.pi), 6.0 * size * strength * random.random() ** 6
    if sigma > 0.2:
        draft.finishes.append(partial(_blurred, sigma))
    if length > 1.0:
        draft.finishes.append(partial(_moved, length, angle))
    if random.random() < 0.25 * strength:
        draft.finishes.append(partial(_coarse, random.uniform(0.35, 0.9)))
    noise = 0.035 * strength * random.random() ** 2
    draft.finishes.append(partial(_noisy, noise, int(random.integers(2**31))))
    if random.random() < 0.5 * strength:
        draft.finishes.append(partial(_compressed, int(random.integers(35, 96))))


def _exposed(gain: Floats, picture: Floats) -> Floats:
    # Bright places saturate softly.
    bright: Floats = picture * gain
    result: Floats = np.where(bright > 0.8, 1 - 0.2 * np.exp(-(bright - 0.8) / 0.2), bright)
    return result.astype(np.float32)


def _toned(power: float, picture: Floats) -> Floats:
    return np.asarray(cv2.pow(np.clip(picture, 0.0, 1.0), power), np.float32)


def _grey(picture: Floats) -> Floats:
    grey = 0.21 * picture[..., 0] + 0.72 * picture[..., 1] + 0.07 * picture[..., 2]
    return np.repeat(grey[..., None], 3, axis=2)


def _blurred(sigma: float, picture: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def _moved(length: float, angle: float, picture: Floats) -> Floats:
    """Blurred by a motion of some pixels."""
    reach = int(np.ceil(length)) // 2 + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)  # all that OpenCV smooths lines in
    across, down = np.cos(angle) * length / 2 * 16, np.sin(angle) * length / 2 * 16
    middle = reach * 16
    one = (int(middle - across), int(middle - down))
    other = (int(middle + across), int(middle + down))
    cv2.line(kernel, one, other, 255, 1, cv2.LINE_AA, 4)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)


def _coarse(share: float, picture: Floats) -> Floats:
    """As from a picture of fewer pixels."""
    side = picture.shape[0]
    few = max(16, round(side * share))
    small = cv2.resize(picture, (few, few), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def _noisy(deviation: float, seed: int, picture: Floats) -> Floats:
    """Photon noise grows with the root of the light."""
    random = np.random.default_rng(seed)
    spread = np.float32(deviation) * np.sqrt(np.clip(picture, 0.02, 1.0))
    return picture + spread * random.standard_normal(picture.shape, np.float32)


def _compressed(quality: int, picture: Floats) -> Floats:
    display = 255 * cv2.pow(np.clip(picture, 0.0, 1.0), 1 / GAMMA)
    # OpenCV's codecs count channels from blue.
    bgr = np.rint(display[..., ::-1]).astype(np.uint8)
    encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.float32)[..., ::-1]
    return np.asarray(cv2.pow(decoded / np.float32(255), GAMMA), np.float32)
