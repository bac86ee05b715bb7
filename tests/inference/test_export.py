import numpy as np
import onnxruntime
import pytest
import torch

from facepoints import FacepointsError
from facepoints.inference.export import export, parity, pixels
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import LossSettings, ModelSettings, RegressionSettings
from facepoints.store.faces import decode, decode_crop
from tests.models import examples


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    settings = ModelSettings(
        backbone="mobilenet_v3_small",
        weights="none",
        freeze=False,
        input=64,
        normalise="imagenet",
        batch_norm_momentum=None,
        learning_rate=None,
        head=RegressionSettings(name="regression", pool="flatten", sigmoid=True, dropout=0.1),
        loss=LossSettings(name="l1", unit="view"),
    )
    model = LandmarkModel(settings, torch.rand(68, 2) * 0.8 + 0.1, 224)
    torch.nn.init.normal_(model.head.dense.weight, std=0.01)
    return model.eval()


@pytest.fixture(scope="module")
def crops(store):
    return pixels(decode(store, 64), 64)[:16]


@pytest.fixture(scope="module")
def file(model, crops, tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    export(model, path, crops)
    return path


def test_onnx_and_pytorch_agree_on_sixteen_crops(model, file, crops):
    assert crops.shape == (16, 64, 64, 3)
    assert parity(model, file, crops) <= 0.01


@pytest.mark.parametrize("batch", [1, 3, 7])
def test_the_batch_is_dynamic(file, batch):
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    images = np.zeros((batch, 64, 64, 3), np.uint8)
    (landmarks,) = session.run(["landmarks"], {"images": images})
    assert landmarks.shape == (batch, 68, 2)


def test_the_same_weights_give_the_same_bytes_without_paths(model, file, crops, tmp_path):
    export(model, tmp_path / "again.onnx", crops)
    content = file.read_bytes()
    assert content == (tmp_path / "again.onnx").read_bytes()
    assert b"site-packages" not in content
    assert b".py" not in content


def test_an_export_that_differs_is_refused(model, file, crops):
    with torch.no_grad():
        model.head.dense.bias.add_(0.01)
    try:
        with pytest.raises(FacepointsError, match="differ from PyTorch's by"):
            parity(model, file, crops)
    finally:
        with torch.no_grad():
            model.head.dense.bias.sub_(0.01)


def test_the_pixels_are_those_of_the_stored_view(store, crops):
    margin = store.settings.margin_pixels
    view = decode_crop(store.crop[0])[margin:-margin, margin:-margin]
    np.testing.assert_array_equal(crops[0], view)


@pytest.mark.parametrize("name", examples.HEADS)
def test_every_head_can_be_exported(name, store, tmp_path):
    torch.manual_seed(0)
    shape = torch.rand(68, 2) * 0.8 + 0.1
    model = LandmarkModel(examples.settings(side=64, name=name), shape, 64).eval()
    for parameter in model.head.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    images = pixels(decode(store, 64), 64)[:16]
    assert export(model, tmp_path / "model.onnx", images) <= 0.01
    session = onnxruntime.InferenceSession(
        str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"]
    )
    (landmarks,) = session.run(["landmarks"], {"images": images[:3]})
    assert landmarks.shape == (3, 68, 2)


def test_dark_can_be_exported(store, tmp_path):
    torch.manual_seed(0)
    chosen = examples.settings(
        side=64, name="heatmap", head=examples.head("heatmap", decoding="dark")
    )
    model = LandmarkModel(chosen, torch.rand(68, 2) * 0.8 + 0.1, 64).eval()
    torch.nn.init.normal_(model.head.dense.weight, std=0.05)
    images = pixels(decode(store, 64), 64)[:16]
    assert export(model, tmp_path / "model.onnx", images) <= 0.01
