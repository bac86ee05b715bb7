"""What trained cells, and the mean shape, find in boxes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks import boxes
from facepoints import FacepointsError, parameters
from facepoints.augment.geometry import resample
from facepoints.cell import Cell
from facepoints.models import weights
from facepoints.models.model import LandmarkModel
from facepoints.models.predicting import CPU_BATCH
from facepoints.models.settings import ModelSettings
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import Crops
from facepoints.store.faces import Faces, decode, mean_shape

Predict = Callable[[Tensor], NDArray[np.float32]]  # boxes (N, 3) → points (N, K, 2), view units


@torch.no_grad()
def model_points(
    model: LandmarkModel, faces: Faces, mirror: Tensor | None, squares: Tensor
) -> NDArray[np.float32]:
    """Points (N, K, 2), view units, that a trained model finds in `squares` (N, 3).

    Args:
        mirror: the scheme's mirror permutation (K,) where the prediction for the mirrored image is to be averaged in.
    """
    found = []
    parts = zip(torch.split(faces.crops, CPU_BATCH), torch.split(squares, CPU_BATCH), strict=True)
    for crops, square in parts:
        images = resample(crops.float() / 255, boxes.homography(square), model.input, faces.margin)
        points = predicted(model, images)
        if mirror is not None:
            other = predicted(model, images.flip(-1))[:, mirror]
            points = (points + torch.stack([1 - other[..., 0], other[..., 1]], dim=-1)) / 2
        found.append(boxes.to_view(points, square))
    return torch.cat(found).numpy()


def predicted(model: LandmarkModel, images: Tensor) -> Tensor:
    """Points (B, K, 2) in units of the images."""
    return model.predict(images.contiguous(memory_format=torch.channels_last)).points


def cell_points(
    name: str, project: Path, train: Crops, test: Crops, flip: bool
) -> tuple[Predict, Scheme]:
    """How a trained cell of the project predicts on `test`, and the scheme of its points.

    Raises:
        FacepointsError: it is not trained, or not on the faces of `train` as they are cut now, or is to be flipped
            without a mirror.
    """
    path = project / "params.yaml"
    settings = parameters.value(
        parameters.read(path), f"model.{Cell.parse(name).model}", ModelSettings, path
    )
    model, scheme, crop = weights.load(project / "models" / name / "model.safetensors", settings)
    # A model holds the mean shape of its training faces: of others it is another.
    if crop != test.settings or not np.array_equal(model.mean_shape.numpy(), mean_shape(train)):
        raise FacepointsError(
            f"{name}: learned from other faces or crops than {project / 'data'} holds now, as an earlier experiment "
            "leaves them. Train it again (dvc repro)."
        )
    if flip and scheme.mirror is None:
        raise FacepointsError(
            f"{name}: scheme {scheme.name} has no mirror, so that a mirrored prediction cannot be averaged in. "
            "Add mirror to the scheme's file, or leave --flip out."
        )
    mirror = torch.tensor(scheme.mirror) if flip else None
    return partial(model_points, model, decode(test, settings.input), mirror), scheme


def mean_points(shape: NDArray[np.float32], squares: Tensor) -> NDArray[np.float32]:
    """The mean shape (K, 2) put into each box: (N, K, 2)."""
    points = torch.from_numpy(shape).expand(len(squares), *shape.shape)
    return boxes.to_view(points, squares).numpy()
