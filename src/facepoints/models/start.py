"""What a backbone starts from."""

from torch import Tensor, nn

from facepoints import FacepointsError
from facepoints.models import backbones


def start_weights(backbone_name: str, weights_name: str, name: str) -> dict[str, Tensor]:
    """The backbone's weights to begin with; none for scratch.

    Args:
        backbone_name: model.NAME.backbone.
        weights_name: model.NAME.weights.
        name: of the model, for messages.

    Raises:
        FacepointsError: ImageNet weights that do not exist or cannot be fetched.
    """
    backbones.check_name(backbone_name)
    if weights_name == "none":
        return {}
    if backbone_name.startswith(backbones.TIMM):
        backbone: nn.Module = _timm(backbone_name, name)
    else:
        backbone = _torchvision(backbone_name, name)
    weights: dict[str, Tensor] = backbone.state_dict()
    return weights


def _torchvision(backbone_name: str, name: str) -> nn.Module:
    models = backbones.tv_models
    weights = models.get_model_weights(backbone_name).DEFAULT
    try:
        classifier = models.get_model(backbone_name, weights=weights)
    except (OSError, RuntimeError) as error:  # no network, or a file that breaks off
        raise FacepointsError(
            f"model.{name}.weights: the ImageNet weights of {backbone_name} could not be fetched from "
            f"{weights.url} ({error}). Connect to the network, put that file into torch's hub folder "
            f"(checkpoints/{weights.url.rsplit('/', 1)[-1]} below it), or start from scratch with "
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
