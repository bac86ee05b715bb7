"""Predictions of a model for many faces, and the settings under which they repeat bit for bit."""

import os

import torch
from torch import Tensor
from torch.nn.utils import convert_conv2d_weight_memory_format
from tqdm import tqdm

from facepoints import cores
from facepoints.augment.pipeline import views
from facepoints.models.covariance_losses import FLOOR, identity
from facepoints.models.model import LandmarkModel
from facepoints.models.prediction import Prediction, concatenate
from facepoints.store.batches import batches
from facepoints.store.faces import Encoded, Faces

BATCH = 64  # faces
# Of a CPU: the maps stay in its cache. resnet18 at 224²: 43 to 50 faces/s, and 22 to 34 by 64 faces.
CPU_BATCH = 16


def prepare(threads: int) -> None:
    """Same input, same bits: deterministic kernels and a fixed number of threads (0: all cores)."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS is deterministic only so
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    torch.set_num_threads(threads or cores())


def parts(count: int, device: torch.device) -> tuple[Tensor, ...]:
    """Numbers of all faces, in the batches that a device predicts fastest."""
    return torch.split(torch.arange(count), BATCH if device.type == "cuda" else CPU_BATCH)


def output(model: LandmarkModel, faces: Faces, flipped: bool = False) -> Tensor:
    """The head's output for the untransformed, or mirrored, views of a batch."""
    images = views(faces.crops, model.input, faces.margin)
    images = images.flip(3) if flipped else images
    found: Tensor = model(images.contiguous(memory_format=torch.channels_last))
    return found


@torch.no_grad()
def predict(model: LandmarkModel, faces: Faces | Encoded, flipped: bool = False) -> Prediction:
    """Points of all faces, untransformed, in fp32; `flipped`, as they lie on the mirrored views.

    Covariances are those that the losses fit, with their floor: a map with all its weight in one cell has none.
    """
    model.eval()
    convert_conv2d_weight_memory_format(model, torch.channels_last)
    device = model.mean_shape.device
    numbers = parts(len(faces), device)
    made = tqdm(
        batches(faces, numbers, device),
        "predict",
        len(numbers),
        leave=False,
        disable=None,
        unit=" batches",
    )
    found = concatenate([model.head.decode(output(model, batch, flipped)) for batch in made])
    if found.covariance is None:
        return found
    return Prediction(found.points, found.covariance + FLOOR * identity(found.covariance))


@torch.no_grad()
def predict_flipped(model: LandmarkModel, faces: Faces | Encoded, mirror: Tensor) -> Prediction:
    """As `predict` on mirrored faces, with the points mirrored back.

    Args:
        mirror: (K,) the scheme's mirror permutation.
    """
    found = predict(model, faces, flipped=True)
    points = found.points[:, mirror]
    points = torch.stack([1 - points[..., 0], points[..., 1]], dim=-1)
    if found.covariance is None:
        return Prediction(points)
    turn = points.new_tensor([[1, -1], [-1, 1]])  # of the covariance, x ↦ 1 − x changes two signs
    return Prediction(points, found.covariance[:, mirror] * turn)
