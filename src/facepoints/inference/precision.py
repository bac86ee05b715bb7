"""An exported model in fewer bits.

int8: convolutions and dense layers with weights per channel and activations per tensor, on scales that training
faces set; decoding and score stay in fp32 (post-training static quantisation; B. Jacob et al., Quantization and
training of neural networks for efficient integer-arithmetic-only inference, CVPR 2018). fp16: the weights of these
layers lie in 16 bits and are computed with in 32, because most CPUs compute slower in 16: half the bytes at the same
speed.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from facepoints.inference.card import INPUT

LAYERS = ("Conv", "Gemm")
BATCH = 8  # images at a time, while scales are set


# onnxruntime declares no types.
class _Batches(CalibrationDataReader):  # type: ignore[misc]
    """Images (N, S, S, 3) as the quantiser asks for them."""

    def __init__(self, images: NDArray[np.uint8]) -> None:
        self._parts: Iterator[NDArray[np.uint8]] = (
            images[start : start + BATCH] for start in range(0, len(images), BATCH)
        )

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        part = next(self._parts, None)
        return None if part is None else {INPUT: part}


def int8(graph: onnx.ModelProto, images: NDArray[np.uint8]) -> onnx.ModelProto:
    """The model with layers of 8 bits; `images` (N, S, S, 3) set the scales of what flows between them."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = (Path(folder) / name for name in ("fp32.onnx", "int8.onnx"))
        onnx.save(graph, given)
        with _without_advice():
            quantize_static(
                given,
                made,
                _Batches(images),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(LAYERS),
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                # Extremes of batches, averaged: a single stray value must not widen a scale.
                extra_options={"CalibMovingAverage": True},
            )
        return onnx.load(made)


@contextmanager
def _without_advice() -> Iterator[None]:
    """The quantiser advises to change the graph first, which makes mobile nets slower."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def fp16(graph: onnx.ModelProto, _: NDArray[np.uint8]) -> onnx.ModelProto:
    """The model with its layers' weights in 16 bits, each under its old name after a cast to 32."""
    made = onnx.ModelProto()
    made.CopyFrom(graph)
    weights = {
        name for node in graph.graph.node if node.op_type in LAYERS for name in node.input[1:]
    }
    casts = []
    for tensor in made.graph.initializer:
        if tensor.name in weights:
            name, half = tensor.name, onnx.numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(onnx.numpy_helper.from_array(half, f"{name}_fp16"))
            casts.append(
                onnx.helper.make_node(
                    "Cast", [tensor.name], [name], f"{name}_cast", to=onnx.TensorProto.FLOAT
                )
            )
    for cast in reversed(casts):
        made.graph.node.insert(0, cast)
    return made


# What the export stage makes besides fp32, by name.
PRECISIONS: dict[str, Callable[[onnx.ModelProto, NDArray[np.uint8]], onnx.ModelProto]] = {
    "int8": int8,
    "fp16": fp16,
}
