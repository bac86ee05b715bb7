"""Views in which a model finds no face as it should lie: what the score is to tell from faces.

They are made of the training crops alone, so that a score needs no further data set: their tiles in another order,
their corners, the view far beside the face; and clouds of colour in which nothing was ever seen.
"""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from facepoints.augment.geometry import identity, resample
from facepoints.store.faces import Faces

TILES = (2, 6)  # per side, from … to
CORNER = (0.2, 0.38)  # side of a corner, from … to, in sides of the crop
BESIDE = (0.55, 0.9)  # distance of a view beside the face, in view sides
OCTAVES = (1, 2, 4, 8, 16, 32, 64)  # cells per side of the layers of a cloud
FALL = 0.8  # power of the cells by which a layer is fainter
CONTRAST = 0.4  # of a cloud, at most


def nonfaces(faces: Faces, side: int, random: torch.Generator) -> Tensor:
    """Four views of each face in which it is none: (4 N, 3, side, side) float in [0, 1], kind after kind."""
    crops = faces.crops.float() / 255
    views = resample(crops, identity(len(crops), crops.device), side, faces.margin)
    kinds = (
        torch.stack([shuffled(view, random) for view in views]),
        torch.stack([corner(crop, side, random) for crop in crops]),
        beside(crops, side, faces.margin, random),
        torch.stack([cloud(side, random) for _ in crops]),
    )
    return torch.cat(kinds)


def shuffled(view: Tensor, random: torch.Generator) -> Tensor:
    """A view (3, S, S) with its square tiles in another order."""
    side = view.shape[-1]
    count = int(torch.randint(TILES[0], TILES[1] + 1, (), generator=random))
    tile = -(-side // count)
    even = interpolate(view[None], size=(tile * count, tile * count), mode="bilinear")[0]
    tiles = even.unflatten(1, (count, tile)).unflatten(3, (count, tile))  # (3, n, t, n, t)
    tiles = tiles.permute(1, 3, 0, 2, 4).flatten(0, 1)  # (n², 3, t, t)
    order = torch.randperm(count**2, generator=random).roll(1)
    mixed = tiles[order].unflatten(0, (count, count)).permute(2, 0, 3, 1, 4)  # (3, n, t, n, t)
    return interpolate(mixed.reshape(1, *even.shape), size=(side, side), mode="bilinear")[0]


def corner(crop: Tensor, side: int, random: torch.Generator) -> Tensor:
    """One corner of a crop (3, S, S), enlarged to (3, side, side)."""
    share = _uniform(CORNER, random)
    part = max(2, round(crop.shape[-1] * share))
    for axis in (1, 2):
        start = int(torch.randint(2, (), generator=random)) * (crop.shape[axis] - part)
        crop = crop.narrow(axis, start, part)
    return interpolate(crop[None], size=(side, side), mode="bilinear", antialias=True)[0]


def beside(crops: Tensor, side: int, margin: float, random: torch.Generator) -> Tensor:
    """The views of crops (N, 3, S, S) moved off their faces; black beyond the crops."""
    maps = identity(len(crops), crops.device).clone()
    for one in maps:
        angle = torch.tensor(_uniform((0, 2 * torch.pi), random))
        one[:2, 2] = _uniform(BESIDE, random) * torch.stack([angle.cos(), angle.sin()])
    return resample(crops, maps, side, margin)


def cloud(side: int, random: torch.Generator) -> Tensor:
    """Layers of smooth noise, coarse and coloured to fine and grey: (3, side, side)."""
    layers = torch.zeros(1, 3, side, side)
    for cells in OCTAVES:
        strength = _uniform((0, 1), random) * cells**-FALL
        colours = 3 if cells < OCTAVES[2] else 1
        grid = torch.randn(1, colours, cells + 1, cells + 1, generator=random)
        layers = layers + strength * interpolate(grid, size=(side, side), mode="bicubic")
    colour = torch.rand(3, 1, 1, generator=random)
    return (colour + _uniform((0, CONTRAST), random) * layers[0]).clamp(0, 1)


def _uniform(bounds: tuple[float, float], random: torch.Generator) -> float:
    low, high = bounds
    return low + (high - low) * float(torch.rand((), generator=random))
