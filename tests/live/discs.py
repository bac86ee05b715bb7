"""Red discs for faces: an ONNX file that finds a disc's five points exactly, so that what follows faces can be told
from how well they are found. It is a model as all others: it has a card, and the true Predictor runs it."""

from pathlib import Path

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from facepoints.inference.card import INPUT, POINTS, SCORE, Card
from facepoints.inference.correction import Correction
from facepoints.inference.description import describe
from facepoints.inference.export import write
from facepoints.inference.predictor import Predictor
from facepoints.schemes.scheme import Scheme
from tests.conftest import CROP
from tests.models import examples

SIDE = 32
SCHEME = Scheme("disc", 5, groups={"cross": (1, 0, 2), "top": (3,), "bottom": (4,)})
RED = (255, 0, 0)
SPECK = 200  # pixels; smaller is what a video's coding leaves around a disc
SQUARE = {"shift": (0.0, 0.0), "scale": (1.2, 1.2), "square": True}


def picture(
    *discs: tuple[float, float, float], width: int = 320, height: int = 240
) -> NDArray[np.uint8]:
    """An image (H, W, 3) RGB with discs of centre x, y and radius, on grey."""
    image = np.full((height, width, 3), 90, np.uint8)
    for x, y, radius in discs:
        cv2.circle(image, (round(x), round(y)), round(radius), RED, cv2.FILLED)
    return image


class Discs:
    """Finds discs as boxes."""

    name = "discs"

    def __init__(self) -> None:
        self.searches = 0

    def boxes(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """As FaceDetector's."""
        self.searches += 1
        red = (image[..., 0] > 200) & (image[..., 1] < 50)
        found = cv2.connectedComponentsWithStats(red.astype(np.uint8))[2][1:].astype(np.float32)
        found = found[found[:, 4] >= SPECK, :4]
        return np.concatenate([found[:, :2], found[:, :2] + found[:, 2:]], axis=1) - 0.5


def predictor(folder: Path, box: str = "landmarks") -> tuple[Predictor, Discs]:
    """The model, and the detector that it uses."""
    path, detector = folder / f"discs-{box}.onnx", Discs()
    if not path.exists():
        write(_graph(), _card(box), path)
    return Predictor(path, detector, threads=1), detector


def _card(box: str) -> Card:
    crop = CROP.model_copy(update={"box": box, "keep_aspect": box != "image", "padding": 0.0})
    return describe(
        "discs-net-none-all-0",
        examples.settings(side=SIDE),
        SCHEME,
        crop,
        {"landmarks": Correction(**SQUARE), "discs": Correction(**SQUARE)},
        {
            "data_set": "discs",
            "faces": 1,
            "sha256": "0" * 64,
            "box_rules": {box: 1},
            "licence": "none needed",
        },
        {"percent": None},
        "fp32",
        0.0,
        ["landmarks", "score"],
    )


def _graph() -> onnx.ModelProto:
    """Centre and spread of what is red; the score is the share of the view that is, at most one."""
    at = (np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE
    # x, y, x², y² at each pixel, and 1.
    sums = np.stack(
        np.broadcast_arrays(at[None, :], at[:, None], at[None, :] ** 2, at[:, None] ** 2, 1.0),
        axis=-1,
    )
    reach = np.array(
        [[0, 0], [-2, 0], [2, 0], [0, -2], [0, 2]], np.float32
    )  # radius: two standard deviations
    constants = {
        "red_or_not": np.array([1, -1, 0], np.float32) / 255,
        "sums": sums.reshape(1, SIDE * SIDE, 5).astype(np.float32),
        "reach": reach[None],
        "flat": np.array([0, SIDE * SIDE, 1], np.int64),
        "channels": np.array([3], np.int64),
        "first": np.array([1], np.int64),
        "pixels": np.array(SIDE * SIDE * 0.3, np.float32),
        "zero": np.array(0, np.float32),
        "one": np.array(1, np.float32),
        "tiny": np.array(1e-4, np.float32),
        "split": np.array([2, 2, 1], np.int64),
        "flat_score": np.array([-1], np.int64),
    }
    nodes = [
        helper.make_node("Cast", [INPUT], ["values"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["values", "red_or_not"], ["parts"]),
        helper.make_node("ReduceSum", ["parts", "channels"], ["signed"], keepdims=0),
        helper.make_node("Clip", ["signed", "zero", "one"], ["mask"]),
        helper.make_node("Reshape", ["mask", "flat"], ["column"]),
        helper.make_node("Mul", ["column", "sums"], ["weighed"]),
        helper.make_node("ReduceSum", ["weighed", "first"], ["totals"], keepdims=1),
        helper.make_node("Split", ["totals", "split"], ["linear", "square", "mass"], axis=2),
        helper.make_node("Max", ["mass", "tiny"], ["safe"]),
        helper.make_node("Div", ["linear", "safe"], ["centre"]),
        helper.make_node("Div", ["square", "safe"], ["moment"]),
        helper.make_node("Mul", ["centre", "centre"], ["centre_squared"]),
        helper.make_node("Sub", ["moment", "centre_squared"], ["variance"]),
        helper.make_node("Max", ["variance", "tiny"], ["positive"]),
        helper.make_node("Sqrt", ["positive"], ["deviation"]),
        helper.make_node("Mul", ["deviation", "reach"], ["offsets"]),
        helper.make_node("Add", ["centre", "offsets"], [POINTS]),
        helper.make_node("Div", ["mass", "pixels"], ["share"]),
        helper.make_node("Clip", ["share", "zero", "one"], ["kept"]),
        helper.make_node("Reshape", ["kept", "flat_score"], [SCORE]),
    ]
    graph = helper.make_graph(
        nodes,
        "discs",
        [helper.make_tensor_value_info(INPUT, TensorProto.UINT8, ["batch", SIDE, SIDE, 3])],
        [
            helper.make_tensor_value_info(POINTS, TensorProto.FLOAT, ["batch", 5, 2]),
            helper.make_tensor_value_info(SCORE, TensorProto.FLOAT, ["batch"]),
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return model
