"""Faces of the store as tensors that training and evaluation draw batches from."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from facepoints import cores
from facepoints.crops.warp import apply, invert
from facepoints.store.crops import Crops, decode_crop


@dataclass(frozen=True)
class Faces:
    """N decoded faces.

    Attributes:
        crops: (N, 3, S, S) uint8 RGB, spanning [−margin, 1 + margin] of the view.
        points: (N, K, 2) float32, view units.
        labelled: (N, K) bool.
        margin: in view sides.
    """

    crops: Tensor
    points: Tensor
    labelled: Tensor
    margin: float

    def __len__(self) -> int:
        return len(self.crops)

    def to(self, device: torch.device) -> "Faces":
        """The same faces on another device."""
        return Faces(
            self.crops.to(device), self.points.to(device), self.labelled.to(device), self.margin
        )


def decode(store: Crops, side: int) -> Faces:
    """Decode all crops once, shrunk so that the view has about `side` pixels (never enlarged)."""
    view, margin = store.settings.side, store.settings.margin_pixels
    stored = view + 2 * margin
    wanted = min(stored, round(side * stored / view))
    pixels = np.empty((len(store.face), wanted, wanted, 3), dtype=np.uint8)

    def fill(index: int) -> None:
        image = decode_crop(store.crop[index])
        pixels[index] = cv2.resize(image, (wanted, wanted), interpolation=cv2.INTER_AREA)

    with ThreadPoolExecutor(cores()) as pool:
        total = len(store.face)
        list(tqdm(pool.map(fill, range(total)), "decode", total, leave=False, disable=None))
    return Faces(
        crops=torch.from_numpy(pixels).permute(0, 3, 1, 2),
        points=torch.from_numpy((store.landmarks + 0.5) / view),
        labelled=torch.from_numpy(store.labelled),
        margin=margin / view,
    )


def photo_points(points: NDArray[np.float32], store: Crops) -> NDArray[np.float32]:
    """Points (N, K, 2) in view units as photo pixels."""
    return apply(invert(store.affine), points * store.settings.side - 0.5)


def mean_shape(store: Crops) -> NDArray[np.float32]:
    """The mean (K, 2) of the labelled landmarks, view units."""
    weights = store.labelled[..., None].astype(np.float64)
    points = (store.landmarks.astype(np.float64) + 0.5) / store.settings.side
    total = (points * weights).sum(axis=0) / np.maximum(weights.sum(axis=0), 1)
    return np.asarray(total, dtype=np.float32)
