"""Predictions of a model for many faces, and the settings under which they repeat bit for bit."""

import os
from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor
from tqdm import tqdm

from facepoints import cores
from facepoints.augment.pipeline import views
from facepoints.models.covariance_losses import FLOOR, identity
from facepoints.models.model import LandmarkModel
from facepoints.models.prediction import Prediction, concatenate
from facepoints.store.faces import Faces

BATCH = 64


def prepare(threads: int) -> None:
    """Same input, same bits: deterministic kernels and a fixed number of threads (0: all cores)."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS is deterministic only so
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    torch.set_num_threads(threads or cores())


def batches(model: LandmarkModel, faces: Faces) -> Iterator[tuple[slice, Tensor]]:
    """Which faces, and the head's output for them, untransformed, in fp32; batch by batch.

    The model is put into evaluation mode; the caller sees to it that no gradient is kept.
    """
    model.eval()
    starts = range(0, len(faces), BATCH)
    for start in tqdm(starts, "predict", leave=False, disable=None, unit=" batches"):
        part = slice(start, start + BATCH)
        images = views(faces.crops[part], model.input, faces.margin)
        yield part, model(images.contiguous(memory_format=torch.channels_last))


@torch.no_grad()
def predict(model: LandmarkModel, faces: Faces) -> Prediction:
    """Points of all faces, untransformed, in fp32.

    Covariances are those that the losses fit, with their floor: a map with all its weight in one cell has none.
    """
    found = concatenate([model.head.decode(output) for _, output in batches(model, faces)])
    if found.covariance is None:
        return found
    return Prediction(found.points, found.covariance + FLOOR * identity(found.covariance))


@torch.no_grad()
def predict_flipped(model: LandmarkModel, faces: Faces, mirror: Tensor) -> Prediction:
    """As `predict` on mirrored faces, with the points mirrored back.

    Args:
        mirror: (K,) the scheme's mirror permutation.
    """
    turned = replace(faces, crops=faces.crops.flip(3))
    found = predict(model, turned)
    points = found.points[:, mirror]
    points = torch.stack([1 - points[..., 0], points[..., 1]], dim=-1)
    if found.covariance is None:
        return Prediction(points)
    turn = points.new_tensor([[1, -1], [-1, 1]])  # of the covariance, x ↦ 1 − x changes two signs
    return Prediction(points, found.covariance[:, mirror] * turn)
