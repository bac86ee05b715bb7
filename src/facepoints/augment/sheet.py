"""Pictures of augmented faces with their landmarks, for a person to look at."""

import cv2
import numpy as np
import torch
from torch import Tensor

from facepoints.augment.chance import Draws
from facepoints.augment.pipeline import augmented, mirror_of, views
from facepoints.augment.settings import AugmentationSettings
from facepoints.schemes.scheme import Scheme
from facepoints.store import tiles
from facepoints.store.faces import Faces
from facepoints.store.tiles import Image

COLUMNS = 7  # of a sheet: the view as it is, and six draws
STRIP, STRIP_COLUMNS = 12, 6  # faces
BATCH = 4  # faces behind each draw of a sheet
TILE = 200  # pixels that a tile has at least, so that dots stay small
WHOLE = "all together"


def sheet(
    faces: Faces,
    scheme: Scheme,
    settings: AugmentationSettings,
    side: int,
    generator: torch.Generator,
) -> Image:
    """One row per transform, alone and always done, and a last row with the whole set as it is trained with.

    A row shows one face: first its view as it is, then six draws. A patch comes from the other faces.

    Args:
        faces: one or more; each row shows the next one.
        side: of the views, pixels.

    Raises:
        FacepointsError: faces are to be flipped, but the scheme has no mirror.
    """
    mirror = mirror_of(scheme, settings)
    parts = {
        name: part for name in type(settings).model_fields if (part := getattr(settings, name))
    }
    rows = {
        name: AugmentationSettings(**{name: part.model_copy(update={"probability": 1.0})})
        for name, part in parts.items()
    }
    drawn: list[Image] = []
    for row, (name, alone) in enumerate({**rows, WHOLE: settings}.items()):
        # The row's face is the first; a patch needs others, but not many.
        order = (torch.arange(min(len(faces), BATCH)) + row) % len(faces)
        here = Faces(faces.crops[order], faces.points[order], faces.labelled[order], faces.margin)
        plain = views(here.crops[:1], side, here.margin)
        drawn.append(_tile(plain[0], here.points[0], here.labelled[0]))
        tiles.caption(drawn[-1], name)
        for _ in range(COLUMNS - 1):
            batch = _batch(here, mirror, alone, side, generator)
            drawn.append(_tile(*(part[0] for part in batch)))
    return tiles.grid(drawn, COLUMNS)


def strip(
    faces: Faces,
    mirror: Tensor,
    settings: AugmentationSettings,
    side: int,
    generator: torch.Generator,
) -> Image:
    """The first twelve faces as a net is trained on them, each under one random transform, with their points.

    Args:
        mirror: (K,) the scheme's mirror permutation, on the faces' device like the generator.
        side: of the net's input, pixels.
    """
    first = Faces(faces.crops[:STRIP], faces.points[:STRIP], faces.labelled[:STRIP], faces.margin)
    batch = _batch(first, mirror, settings, side, generator)
    return tiles.grid([_tile(*parts) for parts in zip(*batch, strict=True)], STRIP_COLUMNS)


def _batch(
    faces: Faces,
    mirror: Tensor,
    settings: AugmentationSettings,
    side: int,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor, Tensor]:
    return augmented(
        faces.crops,
        faces.points,
        faces.labelled,
        mirror,
        settings,
        side,
        faces.margin,
        Draws(generator, len(faces)),
    )


def _tile(image: Tensor, points: Tensor, labelled: Tensor) -> Image:
    """A view (3, H, H) in [0, 1], enlarged by a whole number where it is small, with its labelled points (K, 2)."""
    pixels = (image.permute(1, 2, 0) * 255).round().clamp(0, 255).byte().cpu().numpy()
    scale = -(-TILE // len(pixels))
    # Nearest: what the net sees, pixel by pixel.
    large = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    tile = np.ascontiguousarray(large, dtype=np.uint8)
    places = points[labelled].cpu().numpy() * np.float32(len(tile)) - np.float32(0.5)
    tiles.dots(tile, places, tiles.BLUE)
    return tile
