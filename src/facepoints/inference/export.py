"""A trained model as ONNX, with pixels in and landmarks out."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from facepoints import FacepointsError
from facepoints.augment.pipeline import views
from facepoints.files import replace
from facepoints.inference.card import COVARIANCE, INPUT, KEY, POINTS, SCORE, Card
from facepoints.inference.likeness import Likeness, see
from facepoints.models.covariance_losses import FLOOR, identity
from facepoints.models.model import LandmarkModel
from facepoints.store.faces import Faces

# Views (B, S, S, 3) uint8 RGB → outputs by name.
Run = Callable[[NDArray[np.uint8]], dict[str, NDArray[np.float32]]]

OPSET = 18
LARGEST_DIFFERENCE = 0.01  # pixels of the view
TIES = 1000  # one point in so many may differ by more


class Deployed(nn.Module):
    """What the ONNX file computes: uint8 RGB pixels to landmarks and all that is known about them."""

    def __init__(self, model: LandmarkModel, likeness: Likeness) -> None:
        super().__init__()
        self.model = model
        self.likeness = likeness

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """(B, S, S, 3) uint8 → landmarks (B, K, 2) in view units, score (B,), and where the head has it the points'
        covariance (B, K, 2, 2)."""
        seen = see(self.model, images.permute(0, 3, 1, 2).float() / 255)
        given = {POINTS: seen.prediction.points, SCORE: self.likeness(seen)}
        if seen.prediction.covariance is not None:
            covariance = seen.prediction.covariance
            given[COVARIANCE] = covariance + FLOOR * identity(covariance)
        return given


def convert(deployed: Deployed) -> onnx.ModelProto:
    """The model with a dynamic batch; the same weights give the same bytes."""
    side = deployed.model.input
    example = torch.zeros(2, side, side, 3, dtype=torch.uint8)
    with torch.no_grad():
        names = list(deployed(example))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the exporter's own, about its own insides
        program = torch.onnx.export(
            deployed,
            (example,),
            input_names=[INPUT],
            output_names=names,
            dynamic_shapes={"images": {0: torch.export.Dim("batch")}},
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None  # only without dynamo
    graph = onnx.load_from_string(program.model_proto.SerializeToString())
    _strip(graph)
    return graph


def write(graph: onnx.ModelProto, card: Card, path: Path) -> None:
    """Write a model with its card in it, whole or not at all."""
    del graph.metadata_props[:]
    onnx.helper.set_model_props(graph, {KEY: card.to_json()})
    replace(path, graph.SerializeToString(deterministic=True))


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
def parity(deployed: Deployed, graph: onnx.ModelProto, images: NDArray[np.uint8]) -> float:
    """The largest difference in a coordinate between ONNX and PyTorch, pixels of the view, without one point in a
    thousand: where two cells of a map are nearly equal, their argmax may fall on either.

    Args:
        images: (B, S, S, 3) RGB.

    Raises:
        FacepointsError: it is larger than 0.01 pixels.
    """
    expected = deployed(torch.from_numpy(images))[POINTS].numpy()
    got = runner(graph)(images)[POINTS]
    differences = np.sort(np.abs(got - expected).max(axis=-1), axis=None)
    difference = (
        float(differences[len(differences) - 1 - len(differences) // TIES]) * deployed.model.view
    )
    if not difference <= LARGEST_DIFFERENCE:
        raise FacepointsError(
            f"the exported model's landmarks differ from PyTorch's by {difference:.4f} pixels, more than "
            f"{LARGEST_DIFFERENCE}. The export is not usable; report the model's backbone and head."
        )
    return difference


def runner(graph: onnx.ModelProto) -> Run:
    """What computes all outputs of a model, on one core: the same bits for any number of them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    names = [output.name for output in session.get_outputs()]

    def run(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        return dict(zip(names, session.run(names, {INPUT: images}), strict=True))

    return run


def pixels(faces: Faces, side: int) -> NDArray[np.uint8]:
    """The views of faces as the ONNX file takes them: (B, side, side, 3) RGB."""
    images = (views(faces.crops, side, faces.margin) * 255).round().to(torch.uint8)
    return images.permute(0, 2, 3, 1).contiguous().numpy()
