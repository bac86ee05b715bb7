"""Where a model breaks: test faces in turned, wrong and shifted boxes, and in worse pictures.

Everything is cut again from the stored crop with its margin, so that a shifted box shows what lies there. Points are
predicted in the changed view, moved back, and scored as always.
"""

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from facepoints.augment.blur import blur
from facepoints.augment.chance import Draws
from facepoints.augment.colour import adjust_brightness
from facepoints.augment.covering import occlude
from facepoints.augment.geometry import identity, move_points, resample_by_threads
from facepoints.augment.recording import noise
from facepoints.augment.settings import Blur, Noise, Occlusion
from facepoints.evaluation.points import Matched
from facepoints.evaluation.predictions import points_of
from facepoints.evaluation.score import errors, per_face, scores
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.models.model import LandmarkModel
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import Crops
from facepoints.store.faces import Faces, decode, photo_points

SEED = 0  # of the sample, and of all that is drawn for its faces
CLEAN = "clean"  # the kind of the faces as they are


def rotated(degrees: float, draws: Draws) -> Tensor:
    """Each box turned one way or the other: homographies (B, 3, 3) of the new view ← the view."""
    angle = math.radians(degrees) * _either(draws)
    maps = identity(len(angle), angle.device).clone()
    maps[:, 0, 0], maps[:, 0, 1] = angle.cos(), -angle.sin()
    maps[:, 1, 0], maps[:, 1, 1] = angle.sin(), angle.cos()
    return maps


def scaled(percent: float, draws: Draws) -> Tensor:
    """Each box larger or smaller by so much of its side."""
    side = 1 + percent / 100 * _either(draws)
    maps = identity(len(side), side.device).clone()
    maps[:, 0, 0] = maps[:, 1, 1] = 1 / side
    return maps


def shifted(percent: float, draws: Draws) -> Tensor:
    """Each box moved by so much of its side, in any direction."""
    angle = draws.uniform(0, 2 * math.pi)
    maps = identity(len(angle), angle.device).clone()
    maps[:, :2, 2] = percent / 100 * torch.stack([angle.cos(), angle.sin()], dim=1)
    return maps


def compressed(images: Tensor, quality: float, _: Draws) -> Tensor:
    """What JPEG leaves of each image, by a real encoder: nothing needs to be quick or on a GPU here."""
    kept = []
    for image in images:
        pixels = (image * 255).round().byte().permute(1, 2, 0).numpy()
        options = [cv2.IMWRITE_JPEG_QUALITY, int(quality)]
        content = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)[1]
        kept.append(torch.from_numpy(cv2.imdecode(content, cv2.IMREAD_COLOR_RGB)))
    return torch.stack(kept).permute(0, 3, 1, 2) / 255


def blurred(images: Tensor, percent: float, draws: Draws) -> Tensor:
    """Each image under the same Gaussian."""
    return blur(images, Blur(probability=1, sigma=[percent / 100] * 2), draws)


def noisy(images: Tensor, percent: float, draws: Draws) -> Tensor:
    """Gaussian noise in each value."""
    return noise(images, Noise(probability=1, deviation=[percent / 100] * 2), draws)


def darkened(images: Tensor, percent: float, _: Draws) -> Tensor:
    """Less light."""
    return adjust_brightness(images, torch.full((len(images),), 1 - percent / 100))


def covered(images: Tensor, percent: float, draws: Draws) -> Tensor:
    """A rectangle of one colour somewhere on each image."""
    return occlude(images, Occlusion(probability=1, area=[percent / 100] * 2), draws)


BOXES: dict[str, Callable[[float, Draws], Tensor]] = {
    "rotation": rotated,
    "scale": scaled,
    "shift": shifted,
}
PICTURES: dict[str, Callable[[Tensor, float, Draws], Tensor]] = {
    "blur": blurred,
    "noise": noisy,
    "jpeg": compressed,
    "darkness": darkened,
    "occlusion": covered,
}


def robustness(
    model: LandmarkModel,
    scheme: Scheme,
    store: Crops,
    settings: EvaluationSettings,
    matched: Matched,
    normaliser: str,
) -> list[dict[str, Any]]:
    """The scores of a sample of the test faces, first as they are (kind `clean`), then at each strength of each kind.

    Args:
        scheme: of the model's points.
        matched, normaliser: how points are compared, as for all test faces.
    """
    chosen = sample(len(store.face), settings.robustness.faces)
    part = store.take(chosen)
    faces = decode(part, model.input)
    true = photo_points(faces.points.numpy(), part)
    rows = []
    for kind, strength in [(CLEAN, 0.0), *settings.robustness.levels()]:
        seen, homography = changed(faces, kind, strength, model.input)
        predicted = points_of(model, seen, scheme, settings).points
        predicted = move_points(predicted, torch.linalg.inv(homography))
        found = errors(photo_points(predicted.numpy(), part), true, part, matched, normaliser)
        rows.append(
            {
                "kind": kind,
                "strength": strength,
                **scores(per_face(found, part), settings.resamples),
            }
        )
    return rows


def sample(count: int, wanted: int) -> NDArray[np.int64]:
    """Which of `count` faces are looked at: the same for every model, in their order."""
    drawn = np.random.default_rng(SEED).permutation(count)[:wanted]
    return np.sort(drawn).astype(np.int64)


def changed(faces: Faces, kind: str, strength: float, side: int) -> tuple[Faces, Tensor]:
    """The views of `side` pixels under one change, as faces without a margin, and the new views ← the views.

    What is drawn for a face is the same at all strengths of a kind, so that only the strength differs.
    """
    generator = torch.Generator().manual_seed(SEED)
    draws = Draws(generator, len(faces))
    homography = identity(len(faces), faces.crops.device)
    if kind in BOXES:
        homography = BOXES[kind](strength, draws)
    views = resample_by_threads(faces.crops, homography, side, faces.margin)
    if kind in PICTURES:
        images = PICTURES[kind](views / 255, strength, draws)
        views = (images * 255).round().clamp(0, 255).byte()
    return Faces(views, move_points(faces.points, homography), faces.labelled, 0.0), homography


def _either(draws: Draws) -> Tensor:
    """−1 or 1 for each face."""
    return torch.where(draws.uniform(0, 1) < 0.5, -1.0, 1.0)
