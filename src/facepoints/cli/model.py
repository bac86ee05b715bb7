"""The model that a command is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints import FacepointsError

if TYPE_CHECKING:  # heavy packages: only commands themselves need them
    from facepoints.inference.predictor import Predictor

MODELS = Path("models")
FILE = "model.onnx"

Model = Annotated[
    str,
    typer.Argument(metavar="MODEL", help="An exported model.onnx, its folder, or a cell's name."),
]
Yunet = Annotated[
    Path | None,
    typer.Option(
        "--detector",
        help="YuNet's ONNX file, to find faces by.",
        show_default="OpenCV's Haar cascade",
    ),
]


def loaded(given: str, detector: Path | None = None) -> Predictor:
    """The model with its detector.

    Raises:
        FacepointsError: no such model, or not one of facepoints.
    """
    from facepoints.inference.detection import Haar, YuNet
    from facepoints.inference.predictor import Predictor

    return Predictor(found(given), YuNet(detector) if detector else Haar())


def found(given: str) -> Path:
    """The file of a model that is given as a file, as its folder, or by the name of its cell.

    Raises:
        FacepointsError: there is none.
    """
    for path in (Path(given), Path(given) / FILE, MODELS / given / FILE):
        if path.is_file():
            return path
    there = sorted(path.parent.name for path in MODELS.glob(f"*/{FILE}"))
    raise FacepointsError(
        f"{given}: no such model. Expected an exported model.onnx, its folder, or the name of a cell in {MODELS}/ "
        f"(here: {', '.join(there) or 'none'}). In a project `dvc repro export` makes them, and `dvc pull export` "
        "fetches those that your remote holds."
    )
