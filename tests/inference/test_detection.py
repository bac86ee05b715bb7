import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from facepoints import FacepointsError
from facepoints.inference.detection import Haar, YuNet

SIDES = {8: 40, 16: 20, 32: 10}  # cells per side of YuNet's maps at 320 pixels, by stride


def yunet(path, cell=None):
    """An ONNX net with YuNet's inputs and outputs that finds one box of 2 × 2 cells around one cell of stride 32.

    YuNet's own weights are not at hand here; OpenCV's decoding of the outputs, and what is made of it, are real.
    """
    nodes, outputs, constants = [], [], []
    for name, width in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
        for stride, side in SIDES.items():
            values = np.zeros((1, side * side, width), np.float32)
            if cell is not None and stride == 32:
                if name in ("cls", "obj"):
                    values[0, cell] = 1
                if name == "bbox":
                    values[0, cell, 2:] = np.log(2)
            constants.append(onnx.numpy_helper.from_array(values, f"{name}{stride}"))
            # Every output hangs on the input, as a net's do.
            nodes.append(
                helper.make_node("Add", [f"{name}{stride}", "nothing"], [f"{name}_{stride}"])
            )
            outputs.append(
                helper.make_tensor_value_info(f"{name}_{stride}", TensorProto.FLOAT, values.shape)
            )
    zero = helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0])
    nodes.insert(0, helper.make_node("Mul", ["mean", "zero"], ["nothing"]))
    nodes.insert(0, helper.make_node("ReduceMean", ["input"], ["mean"], keepdims=0))
    given = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 320, 320])
    graph = helper.make_graph(nodes, "yunet", [given], outputs, [zero, *constants])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path
    )
    return path


def test_haar_finds_nothing_in_nothing():
    for shape in ((1, 1, 3), (3, 500, 3), (480, 640, 3)):
        assert Haar().boxes(np.zeros(shape, np.uint8)).shape == (0, 4)


def test_what_yunet_finds_comes_as_boxes_of_the_photo(tmp_path):
    """At cell 34, row 3, column 4: a box of 64 pixels around (128, 96) in what the net saw."""
    net = YuNet(yunet(tmp_path / "yunet.onnx", cell=34))
    np.testing.assert_allclose(
        net.boxes(np.zeros((320, 320, 3), np.uint8)), [[96, 64, 160, 128]], atol=1
    )


def test_yunet_may_find_nothing(tmp_path):
    net = YuNet(yunet(tmp_path / "yunet.onnx"))
    assert net.boxes(np.zeros((320, 320, 3), np.uint8)).shape == (0, 4)


def test_what_is_no_yunet_is_refused(tmp_path):
    with pytest.raises(
        FacepointsError, match=r"none\.onnx: no such file\. Expected YuNet's ONNX file"
    ):
        YuNet(tmp_path / "none.onnx")
    (tmp_path / "wrong.onnx").write_bytes(b"no net")
    with pytest.raises(FacepointsError, match=r"wrong\.onnx: not YuNet's ONNX file"):
        YuNet(tmp_path / "wrong.onnx")
