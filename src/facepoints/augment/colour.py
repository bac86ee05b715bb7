"""Light and colour. Images are (B, 3, H, W) float in [0, 1]; strengths are one per image, (B,).

The formulas are those of torchvision.transforms.v2.functional, whose strengths are one number per call.
"""

import math

import torch
from torch import Tensor

from facepoints.augment.chance import Draws, change
from facepoints.augment.constants import constant
from facepoints.augment.settings import Colour, Gamma, Grayscale


def colour(images: Tensor, settings: Colour, draws: Draws) -> Tensor:
    """Brightness, contrast, saturation and hue of each chosen image, each by a strength of its own."""
    changes = [
        (adjust_brightness, 1.0, settings.brightness),
        (adjust_contrast, 1.0, settings.contrast),
        (adjust_saturation, 1.0, settings.saturation),
        (adjust_hue, 0.0, settings.hue),
    ]
    strengths = [draws.uniform(middle - most, middle + most) for _, middle, most in changes]
    on = draws.chosen(settings.probability)

    def how(images: Tensor, index: Tensor) -> Tensor:
        for (adjust, _, most), strength in zip(changes, strengths, strict=True):
            if most:
                images = adjust(images, strength[index])
        return images

    return change(images, on, how)


def grayscale(images: Tensor, settings: Grayscale, draws: Draws) -> Tensor:
    """Each chosen image without colour, with three channels still."""
    on = draws.chosen(settings.probability)
    return change(images, on, lambda images, _: grey(images).expand_as(images))


def gamma(images: Tensor, settings: Gamma, draws: Draws) -> Tensor:
    """Each chosen image to a power of its own: middle tones lighter or darker, black and white as they are."""
    limit = math.log(settings.factor)
    power = draws.uniform(-limit, limit).exp()
    on = draws.chosen(settings.probability)
    return change(images, on, lambda images, index: images.clamp(0, 1) ** _per_image(power[index]))


def grey(images: Tensor) -> Tensor:
    """Luma of ITU-R BT.601: (B, 1, H, W)."""
    red, green, blue = images.chunk(3, dim=1)
    return 0.2989 * red + 0.587 * green + 0.114 * blue


def adjust_brightness(images: Tensor, factor: Tensor) -> Tensor:
    """All values times the factor."""
    return (images * _per_image(factor)).clamp_(0, 1)


def adjust_contrast(images: Tensor, factor: Tensor) -> Tensor:
    """Distances from the image's mean grey times the factor."""
    mean = grey(images).mean(dim=(2, 3), keepdim=True)
    return torch.lerp(mean, images, _per_image(factor)).clamp_(0, 1)


def adjust_saturation(images: Tensor, factor: Tensor) -> Tensor:
    """Distances from the pixel's own grey times the factor."""
    return torch.lerp(grey(images), images, _per_image(factor)).clamp_(0, 1)


def adjust_hue(images: Tensor, turns: Tensor) -> Tensor:
    """Colours turned on the circle of hues; the largest and the smallest value of a pixel stay.

    In HSV: red, green and blue lie at 0, 2 and 4 on a circle of 6. A channel has the largest value V where the hue
    is at most 1 from its place, the smallest V − C where it is 2 or more from it, and falls evenly between.
    """
    red, green, blue = images.chunk(3, dim=1)
    value = images.amax(dim=1, keepdim=True)
    chroma = value - images.amin(dim=1, keepdim=True)
    lead = torch.where(value == green, blue - red + 2 * chroma, red - green + 4 * chroma)
    lead = torch.where(value == red, green - blue, lead)
    hue = lead.div_(chroma.clamp_min(1e-9)).add_(_per_image(6 * turns)).remainder_(6)
    place = constant((0.0, 2.0, 4.0), images.device).view(1, 3, 1, 1)
    # On the circle the distance is 3 − ||hue − place| − 3|. In place: this is the dearest of all transforms.
    fall = (hue - place).abs_().sub_(3).abs_().neg_().add_(2).clamp_(0, 1)
    return fall.mul_(-chroma).add_(value)


def _per_image(strength: Tensor) -> Tensor:
    return strength[:, None, None, None]
