"""Trained weights on disk: one safetensors file that knows its scheme and how its crops are cut."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from facepoints import FacepointsError
from facepoints.crops.settings import CropSettings
from facepoints.files import replace
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.schemes.scheme import Scheme

# One metadata key that holds all, because safetensors writes several in no fixed order.
ABOUT = "facepoints"
# Notes in it, of where weights come from: kept weights' own, and that of those which a trained model started from.
KEPT, ORIGIN = "kept", "starts_from"


def write(
    path: Path, weights: Mapping[str, Tensor], about: Mapping[str, Any] | None = None
) -> None:
    """Write tensors, whole or not at all; the same tensors give the same bytes, however they lie in memory."""
    metadata = {ABOUT: json.dumps(about)} if about else None
    # A net that was used on a CPU has its channels last.
    in_order = {name: tensor.cpu().contiguous() for name, tensor in weights.items()}
    replace(path, save(in_order, metadata=metadata))


def write_trained(
    path: Path,
    weights: Mapping[str, Tensor],
    scheme: Scheme,
    crop: CropSettings,
    model: ModelSettings,
    origin: Mapping[str, Any] | None = None,
) -> None:
    """Write a trained model's weights with its scheme and settings, and those of the crops that it learned from.

    Args:
        origin: the note of the kept weights that it started from, if it did.
    """
    # A CacheSettings' tolerances say nothing of the model.
    shape = crop.model_dump(include=set(CropSettings.model_fields))
    about = {"scheme": scheme.to_json(), "crop": shape, "model": model.model_dump()}
    write(path, weights, {**about, ORIGIN: origin} if origin else about)


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """All tensors of a file, and what it says about them.

    Raises:
        FacepointsError: the file is missing or no safetensors file.
    """
    try:
        with safe_open(path, framework="pt") as file:
            names = file.keys()
            about = json.loads((file.metadata() or {}).get(ABOUT, "{}"))
            return {name: file.get_tensor(name) for name in names}, about
    except (OSError, SafetensorError) as error:
        raise FacepointsError(
            f"{path}: no readable weights ({error}). Run the stage that writes them (dvc repro)."
        ) from error


def load(path: Path, settings: ModelSettings) -> tuple[LandmarkModel, Scheme, CropSettings]:
    """The trained model in evaluation mode, the scheme of its points, and how the crops that it sees are cut.

    Raises:
        FacepointsError: unreadable weights, or weights of another model.
    """
    tensors, about = read(path)
    try:
        crop = CropSettings(**about["crop"])
        model = LandmarkModel(settings, tensors["mean_shape"], crop.side)
        model.load_state_dict(tensors)
    except (KeyError, RuntimeError, ValidationError) as error:
        raise FacepointsError(
            f"{path}: the weights do not fit the model that params.yaml describes ({error}). "
            "Train it again (dvc repro)."
        ) from error
    return model.eval(), Scheme.from_json(about["scheme"], str(path)), crop
