"""Weights kept from trained cells, for other models to start from: weights/NAME.safetensors, and a list of them."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from torch import Tensor

from facepoints import FacepointsError
from facepoints.files import replace
from facepoints.models import weights
from facepoints.origins import origins
from facepoints.parameters import Settings, checked, read

FOLDER = Path("weights")
# What the start stage depends on, in git: a file that git does not hold would have to be pulled before any model,
# also one that starts from scratch, could be trained.
INDEX = FOLDER / "kept.yaml"
_HEAD = "# Written by `facepoints weights keep`: what each NAME.safetensors is, and which file it must be.\n"


class Kept(Settings):
    """One entry of the list."""

    cell: str
    backbone: str
    licence: str  # of the data set that the cell learned from, and of what its start weights had learned from
    sha256: str


def index() -> dict[str, Kept]:
    """Everything that was kept, by name.

    Raises:
        FacepointsError: there is no list, or a wrong one.
    """
    return checked(read(INDEX), "", dict[str, Kept], INDEX)


def file(name: str) -> Path:
    """Where kept weights lie."""
    return FOLDER / f"{name}.safetensors"


def write(name: str, trained: Path, cell: str, data_set: str, licence: str) -> Kept:
    """Copy a trained model's file, with a note of where it comes from; what the list is to say of it.

    Args:
        trained: that file.
        data_set: that the cell learned from.
        licence: of that set.

    Raises:
        FacepointsError: unreadable weights, or a file that does not say of which model it is.
    """
    tensors, about = weights.read(trained)
    if "model" not in about:
        raise FacepointsError(
            f"{trained}: does not say of which model it is; an older facepoints wrote it. Train it again (dvc repro)."
        )
    backbone = about["model"]["backbone"]
    origin = {
        "name": name,
        "cell": cell,
        "data_set": data_set,
        "licence": licence,
        "backbone": backbone,
    }
    before = about.pop(weights.ORIGIN, None)  # what that cell had started from
    if before:
        origin[weights.ORIGIN] = before
    weights.write(file(name), tensors, {**about, weights.KEPT: origin})
    terms = "; started from ".join([licence, *origins(before)])
    return Kept(cell=cell, backbone=backbone, licence=terms, sha256=_sha256(file(name)))


def enter(name: str, entry: Kept) -> None:
    """Put an entry into the list, in the place of one of that name."""
    entries = {**index(), name: entry}
    content = {each: entries[each].model_dump() for each in sorted(entries)}
    replace(INDEX, _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def load(name: str, backbone: str, model: str) -> tuple[dict[str, Tensor], Mapping[str, Any]]:
    """Kept weights, and what their file says about them.

    Args:
        name: model.NAME.weights.
        backbone: model.NAME.backbone.
        model: its name, for messages.

    Raises:
        FacepointsError: they are not here, are others than the list says, or another backbone's.
    """
    entries, path = index(), file(name)
    if name not in entries or not path.is_file():
        raise FacepointsError(
            f"model.{model}.weights: no {path}. If it was kept, `dvc pull {path}` fetches it from your remote; "
            f"`facepoints weights keep CELL {name}` keeps a trained cell's weights under that name. Expected none, "
            f"imagenet or what {INDEX} lists: {', '.join(entries) or 'nothing yet'}."
        )
    kept = entries[name]
    if _sha256(path) != kept.sha256:
        raise FacepointsError(
            f"{path}: not the file that {INDEX} means. `dvc checkout {path}` or `dvc pull {path}` brings that one; "
            f"`facepoints weights keep --force {kept.cell} {name}` keeps the cell's weights as they are now."
        )
    if kept.backbone != backbone:
        raise FacepointsError(
            f"model.{model}.weights: {name} holds weights of backbone {kept.backbone} (from {kept.cell}), but "
            f"model.{model}.backbone is {backbone}. Make them the same, or set weights to none."
        )
    return weights.read(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
