"""What stands before the face: a rectangle of one colour, or of another face. Images are (B, 3, H, W) in [0, 1]."""

import math

import torch
from torch import Tensor

from facepoints.augment.chance import Draws, change
from facepoints.augment.settings import Occlusion, Patch


def occlude(images: Tensor, settings: Occlusion, draws: Draws) -> Tensor:
    """A rectangle of one random colour over each chosen image; its sides are at most 1 : √2."""
    channels = images.shape[1]
    half, centre = _rectangles(settings.area, draws)
    colour = draws.uniform(0, 1, channels, 1, 1)
    on = draws.chosen(settings.probability)

    def how(images: Tensor, index: Tensor) -> Tensor:
        return torch.where(_inside(images, half[index], centre[index]), colour[index], images)

    return change(images, on, how)


def patch(images: Tensor, settings: Patch, draws: Draws) -> Tensor:
    """A rectangle over each chosen image that shows a random part of its neighbour in the batch.

    The neighbours are the first and second face, the third and fourth and so on, so that processes that share a batch
    need nobody else's faces; the order is random anyway. The last one of an odd number takes the one before it.

    From a place drawn by itself, so rarely the same one: there an eye would come to lie near an eye, and the net would
    be told that it is none. A batch of one has no other face and stays as it is.
    """
    batch, _, height, width = images.shape
    half, centre = _rectangles(settings.area, draws)
    source = draws.uniform(0, 1, 2)
    on = draws.chosen(settings.probability)
    if batch == 1:
        return images
    # Inside the other view as a whole, where it is no larger than that.
    source = half + source * (1 - 2 * half).clamp_min(0)

    def how(chosen_images: Tensor, index: Tensor) -> Tensor:
        other = torch.where((index ^ 1) < batch, index ^ 1, index - 1)
        shift = (source - centre)[index]
        x = _shifted(width, shift[:, 0])  # (N, W)
        y = _shifted(height, shift[:, 1])  # (N, H)
        shown = images[other[:, None, None], :, y[:, :, None], x[:, None]]  # (N, H, W, 3)
        covered = _inside(chosen_images, half[index], centre[index])
        return torch.where(covered, shown.permute(0, 3, 1, 2), chosen_images)

    return change(images, on, how)


def _rectangles(area: list[float], draws: Draws) -> tuple[Tensor, Tensor]:
    """Half sides and centres, (B, 2) each, x first, view units; sides are at most 1 : √2."""
    areas = draws.uniform(area[0], area[1])
    aspect = draws.uniform(-math.log(2) / 2, math.log(2) / 2).exp()
    half = torch.stack([(areas * aspect).sqrt(), (areas / aspect).sqrt()], dim=1) / 2
    return half, draws.uniform(0, 1, 2)


def _inside(images: Tensor, half: Tensor, centre: Tensor) -> Tensor:
    """Which pixels lie in the rectangles: (B, 1, H, W) bool."""
    height, width = images.shape[2:]
    x = (torch.arange(width, device=images.device) + 0.5) / width
    y = (torch.arange(height, device=images.device) + 0.5) / height
    in_x = (x[None] - centre[:, :1]).abs() < half[:, :1]  # (B, W)
    in_y = (y[None] - centre[:, 1:]).abs() < half[:, 1:]  # (B, H)
    return in_y[:, None, :, None] & in_x[:, None, None, :]


def _shifted(pixels: int, shift: Tensor) -> Tensor:
    """Pixel indices 0 … pixels − 1, moved by shifts (N,) in view sides and kept within the image: (N, pixels)."""
    places = torch.arange(pixels, device=shift.device) + (shift * pixels).round().long()[:, None]
    return places.clamp_(0, pixels - 1)
