"""A trained model as ONNX, with pixels in and landmarks out."""

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from facepoints import FacepointsError
from facepoints.augment.pipeline import views
from facepoints.models.model import LandmarkModel
from facepoints.store.faces import Faces

OPSET = 18
INPUT, OUTPUT = "images", "landmarks"
LARGEST_DIFFERENCE = 0.01  # pixels of the view


class Deployed(nn.Module):
    """What the ONNX file computes: uint8 RGB pixels to landmarks in view units."""

    def __init__(self, model: LandmarkModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        """(B, S, S, 3) uint8 → (B, K, 2) float32, the view spanning [0, 1]."""
        return self.model.predict(images.permute(0, 3, 1, 2).float() / 255).points


def export(model: LandmarkModel, path: Path, images: NDArray[np.uint8]) -> float:
    """Write the model with a dynamic batch; the same weights give the same bytes.

    Args:
        images: (B, S, S, 3) RGB, on which the file must agree with PyTorch before it gets its name.

    Returns:
        The largest difference between the two, see `parity`.

    Raises:
        FacepointsError: the two differ by more than 0.01 pixels of the view.
    """
    deployed = Deployed(model).eval()
    example = torch.zeros(2, model.input, model.input, 3, dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the exporter's own, about its own insides
        program = torch.onnx.export(
            deployed,
            (example,),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes={"images": {0: torch.export.Dim("batch")}},
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None  # only without dynamo
    graph = onnx.load_from_string(program.model_proto.SerializeToString())
    _strip(graph)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    try:
        partial.write_bytes(graph.SerializeToString(deterministic=True))
        difference = parity(model, partial, images)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return difference


def _strip(graph: onnx.ModelProto) -> None:
    """Remove what the exporter notes of its own run: stack traces hold paths of the machine."""
    graph.doc_string = ""
    del graph.metadata_props[:]
    for node in graph.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in [*graph.graph.value_info, *graph.graph.input, *graph.graph.output]:
        del value.metadata_props[:]
    for tensor in graph.graph.initializer:
        del tensor.metadata_props[:]
    del graph.graph.metadata_props[:]


@torch.no_grad()
def parity(model: LandmarkModel, path: Path, images: NDArray[np.uint8]) -> float:
    """The largest difference in a coordinate between ONNX and PyTorch, pixels of the view.

    Args:
        images: (B, S, S, 3) RGB.

    Raises:
        FacepointsError: it is larger than 0.01 pixels.
    """
    deployed = Deployed(model).eval()
    expected = deployed(torch.from_numpy(images)).numpy()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the same bits for any number of cores
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    (got,) = session.run([OUTPUT], {INPUT: images})
    difference = float(np.abs(got - expected).max()) * model.view
    if not difference <= LARGEST_DIFFERENCE:
        raise FacepointsError(
            f"{path}: its landmarks differ from PyTorch's by {difference:.4f} pixels, more than "
            f"{LARGEST_DIFFERENCE}. The export is not usable; report the model's backbone and head."
        )
    return difference


def pixels(faces: Faces, side: int) -> NDArray[np.uint8]:
    """The views of faces as the ONNX file takes them: (B, side, side, 3) RGB."""
    images = (views(faces.crops, side, faces.margin) * 255).round().to(torch.uint8)
    return images.permute(0, 2, 3, 1).contiguous().numpy()
