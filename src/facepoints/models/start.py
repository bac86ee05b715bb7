"""What a model starts from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from facepoints import FacepointsError
from facepoints.models import backbones, kept, weights
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.schemes.scheme import Scheme

BACKBONE = "backbone."  # how a net calls what is its backbone's


@dataclass(frozen=True)
class Beginning:
    """What a net takes of its start weights.

    Attributes:
        weights: tensors by their names in the net: none, the backbone's, or all but the mean shape.
        origin: the note of the kept weights that they are; none for scratch and ImageNet.
        told: for people, in one line; empty for scratch and ImageNet.
    """

    weights: dict[str, Tensor]
    origin: Mapping[str, Any] | None
    told: str


def start_weights(
    backbone_name: str, weights_name: str, name: str
) -> tuple[dict[str, Tensor], Mapping[str, Any]]:
    """The weights to begin with by their names in the net, none for scratch, and what is known of them.

    Args:
        backbone_name: model.NAME.backbone.
        weights_name: model.NAME.weights.
        name: of the model, for messages.

    Raises:
        FacepointsError: ImageNet weights that do not exist or cannot be fetched; kept ones that are not here or are
            another backbone's.
    """
    backbones.check_name(backbone_name)
    if weights_name == "none":
        return {}, {}
    if weights_name != "imagenet":
        return kept.load(weights_name, backbone_name, name)
    if backbone_name.startswith(backbones.TIMM):
        backbone: nn.Module = _timm(backbone_name, name)
    else:
        backbone = _torchvision(backbone_name, name)
    return {BACKBONE + key: tensor for key, tensor in backbone.state_dict().items()}, {}


def beginning(path: Path, settings: ModelSettings, scheme: Scheme, view: int) -> Beginning:
    """What a model takes of the start stage's file: the backbone; of kept weights the head too, where it is the same.

    The mean shape is always that of the faces that the model learns from.

    Args:
        path: of the file.
        scheme: of the points to learn.
        view: side of the view in pixels.
    """
    tensors, about = weights.read(path)
    origin = about.get(weights.KEPT)
    if origin is None:
        return Beginning(tensors, None, "")
    start = f"Starting from {kept.file(origin['name'])} ({origin['cell']}): "
    if why := _other_head(tensors, about, settings, scheme, view):
        backbone = {name: each for name, each in tensors.items() if name.startswith(BACKBONE)}
        return Beginning(backbone, origin, f"{start}its backbone; the head starts afresh, {why}.")
    learned = {name: each for name, each in tensors.items() if name != "mean_shape"}
    return Beginning(learned, origin, f"{start}its backbone and head.")


def _other_head(
    tensors: Mapping[str, Tensor],
    about: Mapping[str, Any],
    settings: ModelSettings,
    scheme: Scheme,
    view: int,
) -> str:
    """Why a model cannot take over the head of kept weights; empty where it can."""
    theirs, head = Scheme.from_json(about["scheme"], "kept weights"), about["model"]["head"]
    if (theirs.name, theirs.points) != (scheme.name, scheme.points):
        return f"for {scheme.points} points of {scheme.name}, not {theirs.points} of {theirs.name}"
    own = settings.head.model_dump()
    if head != own:
        other = [key for key in {**head, **own} if head.get(key) != own.get(key)]
        return f"because head.{', head.'.join(other)} differs"
    with torch.device("meta"):  # nothing is computed
        net = LandmarkModel(settings, torch.zeros(scheme.points, 2), view).state_dict()
    other = [
        name
        for name, tensor in net.items()
        if name in tensors and tensor.shape != tensors[name].shape
    ]
    return f"because another input or loss gives {other[0]} another shape" if other else ""


def _torchvision(backbone_name: str, name: str) -> nn.Module:
    models = backbones.tv_models
    pretrained = models.get_model_weights(backbone_name).DEFAULT
    try:
        classifier = models.get_model(backbone_name, weights=pretrained)
    except (OSError, RuntimeError) as error:  # no network, or a file that breaks off
        raise FacepointsError(
            f"model.{name}.weights: the ImageNet weights of {backbone_name} could not be fetched from "
            f"{pretrained.url} ({error}). Connect to the network, put that file into torch's hub folder "
            f"(checkpoints/{pretrained.url.rsplit('/', 1)[-1]} below it), or start from scratch with "
            f"-S model.{name}.weights=none."
        ) from error
    return backbones.Torchvision(backbones.without_classifier(classifier))


def _timm(backbone_name: str, name: str) -> nn.Module:
    try:
        return backbones.timm_backbone(backbone_name, pretrained=True)
    except (OSError, RuntimeError) as error:  # no network; timm knows no weights of this model
        raise FacepointsError(
            f"model.{name}.weights: the weights of {backbone_name} could not be fetched ({error}). Connect to the "
            "network, bring the model into the Hugging Face cache of this machine (huggingface-cli download on "
            "another one, then copy the folder that HF_HOME names), or start from scratch with "
            f"-S model.{name}.weights=none."
        ) from error
