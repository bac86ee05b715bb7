"""Backbones: from an image to feature maps of falling resolution, by name."""

import contextlib
import copy
import difflib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from facepoints import FacepointsError
from facepoints.models.custom_cnn import CustomCNN

TIMM = "timm:"


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


@dataclass(frozen=True)
class Level:
    """One feature map: channels, cells along each side, and pixels of the input per cell (None: no whole number)."""

    channels: int
    cells: int
    stride: int | None


class Torchvision(nn.Module):
    """The convolutional part of a torchvision classifier."""

    def __init__(self, body: nn.Sequential) -> None:
        super().__init__()
        self.body = body

    def forward(self, images: Tensor) -> list[Tensor]:
        """(B, 3, H, W) → feature maps (B, C, h, w), fine to coarse: the last one of each resolution."""
        return by_resolution(_outputs(self.body, images))


class Timm(nn.Module):
    """A model of the timm library, which knows how to give feature maps; of some (B, h, w, C)."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body
        # Classes of feature maps that do not say it, as HRNet's, put the channels first.
        self.channels_last = getattr(body, "output_fmt", "NCHW") == "NHWC"

    def forward(self, images: Tensor) -> list[Tensor]:
        """(B, 3, H, W) → feature maps (B, C, h, w), fine to coarse: the last one of each resolution."""
        maps = self.body(images)
        if self.channels_last:
            maps = [one.permute(0, 3, 1, 2) for one in maps]
        return by_resolution(maps)


def _outputs(body: nn.Sequential, images: Tensor) -> list[Tensor]:
    maps, found = images, []
    for child in body:
        maps = child(maps)
        found.append(maps)
    return found


def by_resolution(maps: list[Tensor]) -> list[Tensor]:
    """The last map of each resolution."""
    following = [*maps[1:], None]
    return [
        one
        for one, after in zip(maps, following, strict=True)
        if after is None or after.shape[2:] != one.shape[2:]
    ]


def names() -> list[str]:
    """All backbones that can be named without timm: convolutional ones, whose feature maps can be taken off."""
    transformers = ("vit_", "swin_", "maxvit_")
    models = tv_models.list_models(module=tv_models)
    return ["custom_cnn", *(name for name in models if not name.startswith(transformers))]


def check_name(name: str) -> None:
    """Refuse an unknown backbone.

    Raises:
        FacepointsError: with what was probably meant, or how to get timm.
    """
    if name.startswith(TIMM):
        known, word, else_ = timm().list_models(), name.removeprefix(TIMM), "resnet18"
        hint = "timm lists its models by timm.list_models()."
    else:
        known, word, else_ = names(), name, "custom_cnn"
        hint = "custom_cnn, every convolutional torchvision classifier, and timm:NAME can be named."
    if word not in known:
        near = ", ".join(difflib.get_close_matches(word, known, n=4, cutoff=0.4)) or else_
        raise FacepointsError(f"there is no backbone {name!r}. Near are: {near}. {hint}")


def timm() -> ModuleType:
    """The timm library.

    Raises:
        FacepointsError: it is not installed.
    """
    try:
        import timm as library
    except ImportError as error:
        raise FacepointsError(
            "backbones called timm:NAME need the timm library. Install it: pip install timm"
        ) from error
    module: ModuleType = library
    return module


def depthwise(name: str) -> bool:
    """Whether a backbone has convolutions of one channel each."""
    with torch.device("meta"):  # nothing is computed
        modules = list(build(name).modules())
    return any(
        isinstance(each, nn.Conv2d) and 1 < each.groups == each.in_channels for each in modules
    )


def build(name: str) -> nn.Module:
    """The backbone with random weights: images (B, 3, H, W) to a list of feature maps, fine to coarse.

    Raises:
        FacepointsError: an unknown name, or one whose feature maps cannot be taken off.
    """
    check_name(name)
    if name == "custom_cnn":
        return CustomCNN()
    if name.startswith(TIMM):
        try:
            return timm_backbone(name, pretrained=False)
        except (RuntimeError, AttributeError, TypeError) as error:  # of models without feature maps
            raise FacepointsError(
                f"timm gives no feature maps of {name} ({error}). Choose another backbone."
            ) from error
    # GoogLeNet and Inception warn that their own initialisation is slow.
    extra: dict[str, Any] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return Torchvision(without_classifier(tv_models.get_model(name, weights=None, **extra)))


def timm_backbone(name: str, pretrained: bool) -> Timm:
    """A backbone of timm, called timm:NAME, with or without its weights; raises what timm raises."""
    word = name.removeprefix(TIMM)
    return Timm(timm().create_model(word, pretrained=pretrained, features_only=True))


def without_classifier(model: nn.Module) -> nn.Sequential:
    """The convolutional part of a torchvision classifier, by the parts that its families have."""
    children = dict(model.named_children())
    for name in ("features", "layers"):  # layers: MNASNet
        if isinstance(body := children.get(name), nn.Sequential):
            return body
    # ResNet, RegNet, ShuffleNet, GoogLeNet, Inception.
    for last in ("layer4", "trunk_output", "conv5", "inception5b", "Mixed_7c"):
        if last in children:
            keep = list(children)[: list(children).index(last) + 1]
            parts = [children[key] for key in keep if key != "AuxLogits"]
            trunk = parts.pop() if last == "trunk_output" else nn.Sequential()
            # RegNet's trunk holds stages of several resolutions.
            return nn.Sequential(*parts, *trunk.children())
    raise FacepointsError(f"{type(model).__name__}: its feature maps cannot be taken off.")


def levels(backbone: nn.Module, side: int) -> list[Level]:
    """The feature maps that images of `side` pixels get, fine to coarse, without computing them.

    Raises:
        FacepointsError: the backbone cannot take images this small.
    """
    shadow = copy.deepcopy(backbone).to("meta").eval()
    try:
        maps = shadow(torch.empty(1, 3, side, side, device="meta"))
    except (RuntimeError, AssertionError) as error:  # timm's transformers assert their size
        raise FacepointsError(
            f"the backbone cannot take images of {side} pixels ({error}). Change the model's input."
        ) from error
    return [
        Level(one.shape[1], one.shape[2], None if side % one.shape[2] else side // one.shape[2])
        for one in maps
    ]
