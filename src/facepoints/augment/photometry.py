"""What changes pixels and leaves points where they are. Images are (B, 3, H, W) float in [0, 1]."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from facepoints.augment.geometry import chosen, uniform
from facepoints.augment.settings import Blur, Occlusion


def blur(images: Tensor, settings: Blur, generator: torch.Generator) -> Tensor:
    """Gaussian blur, each chosen image with its own sigma."""
    batch, channels, height, width = images.shape
    low, high = (bound * width for bound in settings.sigma)
    radius = max(1, math.ceil(3 * high))
    sigma = uniform((batch, 1), low, high, generator).clamp_min(1e-3)
    on = chosen(batch, settings.probability, generator)
    offsets = torch.arange(-radius, radius + 1, device=images.device)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = (kernel / kernel.sum(dim=1, keepdim=True)).repeat_interleave(channels, dim=0)
    planes = images.reshape(1, batch * channels, height, width)
    planes = F.pad(planes, [radius] * 4, mode="replicate")
    planes = F.conv2d(planes, kernel[:, None, None, :], groups=batch * channels)
    planes = F.conv2d(planes, kernel[:, None, :, None], groups=batch * channels)
    return torch.where(on[:, None, None, None], planes.view_as(images), images)


def occlude(images: Tensor, settings: Occlusion, generator: torch.Generator) -> Tensor:
    """A rectangle of one random colour over each chosen image; its sides are at most 1 : √2."""
    batch, channels, height, width = images.shape
    low, high = settings.area
    area = uniform((batch,), low, high, generator)
    aspect = uniform((batch,), -math.log(2) / 2, math.log(2) / 2, generator).exp()
    half = torch.stack([(area * aspect).sqrt(), (area / aspect).sqrt()], dim=1) / 2
    centre = uniform((batch, 2), 0, 1, generator)
    colour = uniform((batch, channels, 1, 1), 0, 1, generator)
    on = chosen(batch, settings.probability, generator)
    x = (torch.arange(width, device=images.device) + 0.5) / width
    y = (torch.arange(height, device=images.device) + 0.5) / height
    in_x = (x[None] - centre[:, :1]).abs() < half[:, :1]  # (B, W)
    in_y = (y[None] - centre[:, 1:]).abs() < half[:, 1:]  # (B, H)
    covered = in_y[:, None, :, None] & in_x[:, None, None, :] & on[:, None, None, None]
    return torch.where(covered, colour, images)
