"""Trained weights on disk: one safetensors file that knows its scheme."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from facepoints import FacepointsError
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.schemes.scheme import Scheme

VIEW = "view"  # metadata: side of the training view, pixels
SCHEME = "scheme"  # metadata: the training set's scheme


def write(path: Path, weights: Mapping[str, Tensor], about: dict[str, str] | None = None) -> None:
    """Write tensors, whole or not at all; the same tensors give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(save(dict(weights), metadata=about))
    partial.replace(path)


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """All tensors of a file, and its metadata.

    Raises:
        FacepointsError: the file is missing or no safetensors file.
    """
    try:
        with safe_open(path, framework="pt") as file:
            names = file.keys()
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise FacepointsError(
            f"{path}: no readable weights ({error}). Run the stage that writes them (dvc repro)."
        ) from error


def load(path: Path, settings: ModelSettings) -> tuple[LandmarkModel, Scheme]:
    """The trained model in evaluation mode, and the scheme of its points.

    Raises:
        FacepointsError: unreadable weights, or weights of another model.
    """
    tensors, about = read(path)
    try:
        model = LandmarkModel(settings, tensors["mean_shape"], int(about[VIEW]))
        model.load_state_dict(tensors)
    except (KeyError, RuntimeError) as error:
        raise FacepointsError(
            f"{path}: the weights do not fit the model that params.yaml describes ({error}). "
            "Train it again (dvc repro)."
        ) from error
    return model.eval(), Scheme.from_json(about[SCHEME], str(path))
