"""What changes pixels and leaves points where they are, in the order of a picture's way.

Images are (B, 3, H, W) float in [0, 1].
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from facepoints.augment.blur import blur, motion_blur
from facepoints.augment.chance import Draws
from facepoints.augment.colour import colour, gamma, grayscale
from facepoints.augment.covering import occlude, patch
from facepoints.augment.recording import noise, quantise
from facepoints.augment.settings import AugmentationSettings

# By its name in the settings. A patch belongs to the scene and goes the whole way with it. The single colour comes
# after the blur, with sharp edges: results trained with `all` depend on that order.
TRANSFORMS: dict[str, Callable[[Tensor, Any, Draws], Tensor]] = {
    "patch": patch,
    "colour": colour,
    "gamma": gamma,
    "blur": blur,
    "motion_blur": motion_blur,
    "occlusion": occlude,
    "noise": noise,
    "grayscale": grayscale,
    "quantisation": quantise,
}


def photometry(images: Tensor, settings: AugmentationSettings, draws: Draws) -> Tensor:
    """Images (B, 3, H, W) under all transforms of pixels that are set, each image drawn for itself."""
    for name, transform in TRANSFORMS.items():
        if part := getattr(settings, name):
            images = transform(images, part, draws)
    return images
