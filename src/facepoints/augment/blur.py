"""Lens and hand: Gaussian and motion blur. Images are (B, 3, H, W) float in [0, 1]."""

import math

import cv2
import torch
import torch.nn.functional as F
from torch import Tensor

from facepoints.augment.chance import Draws, change
from facepoints.augment.settings import Blur, MotionBlur
from facepoints.augment.threads import for_each


def blur(images: Tensor, settings: Blur, draws: Draws) -> Tensor:
    """Gaussian blur, each chosen image with its own sigma."""
    width = images.shape[3]
    low, high = (bound * width for bound in settings.sigma)
    radius = max(1, math.ceil(3 * high))
    sigma = draws.uniform(low, high, 1).clamp_min(1e-3)
    on = draws.chosen(settings.probability)

    def how(images: Tensor, index: Tensor) -> Tensor:
        offsets = torch.arange(-radius, radius + 1, device=images.device)
        kernel = torch.exp(-0.5 * (offsets / sigma[index]) ** 2)
        kernel = kernel / kernel.sum(dim=1, keepdim=True)
        planes = filtered(images, kernel[:, None], (0, radius))
        return filtered(planes, kernel[:, :, None], (radius, 0))

    return change(images, on, how)


def motion_blur(images: Tensor, settings: MotionBlur, draws: Draws) -> Tensor:
    """Each chosen image with its own length and direction."""
    width = images.shape[3]
    low, high = (bound * width for bound in settings.length)
    length = draws.uniform(low, high)
    angle = draws.uniform(0, math.pi)
    on = draws.chosen(settings.probability)
    radius = math.ceil(high / 2)
    return change(
        images, on, lambda images, index: smear(images, length[index], angle[index], radius)
    )


def smear(images: Tensor, length: Tensor, angle: Tensor, radius: int) -> Tensor:
    """The mean along a line through each pixel.

    Args:
        length: (B,) pixels from the first place to the last.
        angle: (B,) radians from x to y.
        radius: of the kernel, pixels, at least half of any length.
    """
    offsets = torch.arange(-radius, radius + 1, device=images.device)
    y, x = torch.meshgrid(offsets, offsets, indexing="ij")
    cosine, sine, half = (part[:, None, None] for part in (angle.cos(), angle.sin(), length / 2))
    beyond = ((x * cosine + y * sine).abs() - half).clamp_min(0)
    distance = torch.hypot(beyond, y * cosine - x * sine)  # from the line
    kernel = (1 - distance).clamp_min(0)
    return filtered(images, kernel / kernel.sum(dim=(1, 2), keepdim=True), (radius, radius))


def filtered(images: Tensor, kernel: Tensor, radius: tuple[int, int]) -> Tensor:
    """Each image under its own kernel (B, h, w), the border's pixels repeated beyond it.

    Args:
        radius: of the kernel in y and x.
    """
    if images.is_cuda:
        return filtered_at_once(images, kernel, radius)
    return filtered_by_threads(images, kernel)


def filtered_at_once(images: Tensor, kernel: Tensor, radius: tuple[int, int]) -> Tensor:
    """`filtered` as one convolution."""
    batch, channels, height, width = images.shape
    kernel = kernel.repeat_interleave(channels, dim=0)[:, None]
    # One group per channel of each image: a convolution has the same kernel for a whole batch.
    planes = images.reshape(1, batch * channels, height, width)
    planes = F.pad(planes, [radius[1], radius[1], radius[0], radius[0]], mode="replicate")
    return F.conv2d(planes, kernel, groups=batch * channels).view_as(images)


def filtered_by_threads(images: Tensor, kernel: Tensor) -> Tensor:
    """`filtered`, image by image by OpenCV on a CPU."""
    found = torch.empty(images.shape)
    before, after, kernels = images.contiguous().numpy(), found.numpy(), kernel.numpy()

    def work(index: int) -> None:
        for plane, out in zip(before[index], after[index], strict=True):
            cv2.filter2D(plane, -1, kernels[index], out, borderType=cv2.BORDER_REPLICATE)

    for_each(len(images), work)
    return found
