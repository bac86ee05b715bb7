import numpy as np
import pytest
import torch

from facepoints import FacepointsError
from facepoints.inference.export import Deployed, convert, parity, pixels, runner
from facepoints.inference.likeness import learn
from facepoints.models.model import LandmarkModel
from facepoints.models.predicting import predict
from facepoints.store.faces import decode, decode_crop
from tests.models import examples


@pytest.fixture(scope="module")
def crops(store):
    return pixels(decode(store, 64), 64)[:16]


@pytest.fixture(scope="module")
def deployed(trained, store):
    return Deployed(trained.model, learn(trained.model, decode(store, 64))).eval()


@pytest.fixture(scope="module")
def graph(deployed):
    return convert(deployed)


def test_onnx_and_pytorch_agree_on_sixteen_crops(deployed, graph, crops):
    assert crops.shape == (16, 64, 64, 3)
    assert parity(deployed, graph, crops) <= 0.01
    given = runner(graph)(crops)
    with torch.no_grad():
        expected = deployed(torch.from_numpy(crops))
    assert given.keys() == expected.keys() == {"landmarks", "score"}
    for name, values in expected.items():
        np.testing.assert_allclose(given[name], values, atol=1e-3)  # scores are steep


@pytest.mark.parametrize("batch", [1, 3, 7])
def test_the_batch_is_dynamic(graph, batch):
    given = runner(graph)(np.zeros((batch, 64, 64, 3), np.uint8))
    assert given["landmarks"].shape == (batch, 68, 2)
    assert given["score"].shape == (batch,)


def test_the_same_weights_give_the_same_bytes_without_paths(deployed, graph):
    content = graph.SerializeToString(deterministic=True)
    assert content == convert(deployed).SerializeToString(deterministic=True)
    assert b"site-packages" not in content
    assert b".py" not in content


def test_an_export_that_differs_is_refused(deployed, graph, crops):
    bias = deployed.model.head.dense.bias
    with torch.no_grad():
        bias.add_(0.01)
    try:
        with pytest.raises(FacepointsError, match="differ from PyTorch's by"):
            parity(deployed, graph, crops)
    finally:
        with torch.no_grad():
            bias.sub_(0.01)


def test_the_pixels_are_those_of_the_stored_view(store, crops):
    margin = store.settings.margin_pixels
    view = decode_crop(store.crop[0])[margin:-margin, margin:-margin]
    np.testing.assert_array_equal(crops[0], view)


def heads():
    yield from ((name, examples.head(name)) for name in examples.HEADS)
    yield "heatmap", examples.head("heatmap", decoding="dark")


@pytest.mark.parametrize(("name", "head"), list(heads()))
def test_every_head_can_be_exported_with_its_covariance(name, head, store):
    torch.manual_seed(0)
    shape = torch.rand(68, 2) * 0.8 + 0.1
    model = LandmarkModel(examples.settings(side=64, name=name, head=head), shape, 64).eval()
    # DARK's Taylor step needs smooth maps: only its last layer is drawn anew.
    dark = name == "heatmap" and head.decoding == "dark"
    for parameter in (model.head.dense if dark else model.head).parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    faces = decode(store.first(16), 64)
    deployed = Deployed(model, learn(model, faces)).eval()
    graph = convert(deployed)
    images = pixels(faces, 64)
    assert parity(deployed, graph, images) <= 0.01
    given, expected = runner(graph)(images), predict(model, faces)
    assert ("covariance" in given) == (expected.covariance is not None)
    if expected.covariance is not None:
        np.testing.assert_allclose(given["covariance"], expected.covariance, rtol=1e-2, atol=1e-5)
