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
from facepoints.store.spool import Spool


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

    def take(self, index: Tensor | slice) -> "Faces":
        """Some of them."""
        if isinstance(index, Tensor):
            # As they lie in memory, face by face: several times quicker than by planes.
            crops = self.crops.permute(0, 2, 3, 1).index_select(0, index).permute(0, 3, 1, 2)
        else:
            crops = self.crops[index]
        return Faces(crops, self.points[index], self.labelled[index], self.margin)

    def to(self, device: torch.device) -> "Faces":
        """The same faces on another device; from pinned memory the host does not wait for them."""
        crops, points, labelled = (
            part.to(device, non_blocking=True) for part in (self.crops, self.points, self.labelled)
        )
        return Faces(crops, points, labelled, self.margin)

    def pinned(self) -> "Faces":
        """The same faces in memory that a GPU reads by itself."""
        return Faces(
            self.crops.pin_memory(),
            self.points.pin_memory(),
            self.labelled.pin_memory(),
            self.margin,
        )


@dataclass(frozen=True)
class Encoded:
    """N faces whose crops are still as they are stored, outside of memory.

    Attributes:
        crops: N encoded images.
        side: S, pixels, of the decoded crops.
        points, labelled, margin: as of `Faces`.
    """

    crops: Spool
    side: int
    points: Tensor
    labelled: Tensor
    margin: float

    def __len__(self) -> int:
        return len(self.crops)

    @property
    def decoded_bytes(self) -> int:
        """The size of all crops once decoded."""
        return len(self) * 3 * self.side**2

    def take(self, index: Tensor | slice) -> Faces:
        """Some of them, decoded by one thread per core."""
        numbers = torch.arange(len(self))[index].tolist()
        pixels = np.empty((len(numbers), self.side, self.side, 3), dtype=np.uint8)

        def fill(place: int) -> None:
            image = decode_crop(self.crops[numbers[place]])
            cv2.resize(image, (self.side, self.side), pixels[place], interpolation=cv2.INTER_AREA)

        with ThreadPoolExecutor(cores()) as pool:
            total = len(numbers)
            quiet = None if total == len(self) else True
            list(tqdm(pool.map(fill, range(total)), "decode", total, leave=False, disable=quiet))
        return Faces(
            torch.from_numpy(pixels).permute(0, 3, 1, 2),
            self.points[index],
            self.labelled[index],
            self.margin,
        )


def view_points(store: Crops) -> NDArray[np.float32]:
    """The landmarks (N, K, 2) in view units."""
    return np.asarray((store.landmarks + 0.5) / store.settings.side, np.float32)


def encoded(store: Crops, side: int) -> Encoded:
    """The faces of a store, which decode to crops whose view has about `side` pixels (never enlarged)."""
    view, margin = store.settings.side, store.settings.margin_pixels
    stored = view + 2 * margin
    return Encoded(
        crops=store.crop,
        side=min(stored, round(side * stored / view)),
        points=torch.from_numpy(view_points(store)),
        labelled=torch.from_numpy(store.labelled),
        margin=margin / view,
    )


def decode(store: Crops, side: int) -> Faces:
    """All faces of a store, decoded."""
    return encoded(store, side).take(slice(None))


def photo_points(points: NDArray[np.float32], store: Crops) -> NDArray[np.float32]:
    """Points (N, K, 2) in view units as photo pixels."""
    return apply(invert(store.affine), points * store.settings.side - 0.5)


def mean_shape(store: Crops) -> NDArray[np.float32]:
    """The mean (K, 2) of the labelled landmarks, view units."""
    weights = store.labelled[..., None].astype(np.float64)
    points = (store.landmarks.astype(np.float64) + 0.5) / store.settings.side
    total = (points * weights).sum(axis=0) / np.maximum(weights.sum(axis=0), 1)
    return np.asarray(total, dtype=np.float32)
