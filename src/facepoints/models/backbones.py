"""Backbones: from an image to a feature map, by name."""

import contextlib
import copy
import difflib
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from facepoints import FacepointsError
from facepoints.models.custom_cnn import CustomCNN


def _torchvision_models() -> ModuleType:
    """torchvision.models, also where torchvision's compiled operators do not fit the installed torch.

    That happens where a CPU build of torch stands beside the registry's CUDA build of torchvision. No classifier
    needs these operators, but torchvision's import describes them and fails if they are not declared.
    """
    try:
        import torchvision.models as models
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in ("nms", "qnms"):
            with contextlib.suppress(RuntimeError):  # declared by an earlier, partial import
                torch.library.define(
                    f"torchvision::{name}",
                    "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
                )
        import torchvision.models as models
    module: ModuleType = models
    return module


tv_models = _torchvision_models()


class Torchvision(nn.Module):
    """The convolutional part of a torchvision classifier."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) → (B, C, h, w)."""
        features: Tensor = self.body(images)
        return features


def names() -> list[str]:
    """All backbones that can be named: convolutional ones, whose feature map can be taken off."""
    transformers = ("vit_", "swin_", "maxvit_")
    models = tv_models.list_models(module=tv_models)
    return ["custom_cnn", *(name for name in models if not name.startswith(transformers))]


def check_name(name: str) -> None:
    """Refuse an unknown backbone.

    Raises:
        FacepointsError: with what was probably meant.
    """
    if name not in names():
        near = ", ".join(difflib.get_close_matches(name, names(), n=4, cutoff=0.4)) or "custom_cnn"
        raise FacepointsError(
            f"there is no backbone {name!r}. Near are: {near}. "
            "custom_cnn and every convolutional torchvision classifier can be named."
        )


def build(name: str) -> nn.Module:
    """The backbone with random weights.

    Raises:
        FacepointsError: an unknown name.
    """
    check_name(name)
    if name == "custom_cnn":
        return CustomCNN()
    # GoogLeNet and Inception compute side losses unless told otherwise.
    extra: dict[str, Any] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return Torchvision(without_classifier(tv_models.get_model(name, weights=None, **extra)))


def without_classifier(model: nn.Module) -> nn.Module:
    """The convolutional part of a torchvision classifier, by the parts that its families have."""
    children = dict(model.named_children())
    if "features" in children:
        return children["features"]
    # ResNet, RegNet, ShuffleNet, GoogLeNet, Inception.
    for last in ("layer4", "trunk_output", "conv5", "inception5b", "Mixed_7c"):
        if last in children:
            keep = list(children)[: list(children).index(last) + 1]
            return nn.Sequential(*(children[key] for key in keep if key != "AuxLogits"))
    return children["layers"]  # MNASNet


def feature_shape(backbone: nn.Module, side: int) -> tuple[int, int]:
    """Channels and cells (h · w) of the feature map of images of `side` pixels, without computing it.

    Raises:
        FacepointsError: the backbone cannot take images this small.
    """
    shadow = copy.deepcopy(backbone).to("meta").eval()
    try:
        features = shadow(torch.empty(1, 3, side, side, device="meta"))
    except RuntimeError as error:
        raise FacepointsError(
            f"the backbone cannot take images of {side} pixels ({error}). Raise the model's input."
        ) from error
    return int(features.shape[1]), int(features.shape[2] * features.shape[3])
