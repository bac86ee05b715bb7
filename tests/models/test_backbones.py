"""Every model of params.yaml: shapes, types, and that it begins to learn."""

from pathlib import Path

import pytest
import torch

from facepoints.augment.pipeline import views
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.parameters import read, value
from facepoints.store.faces import decode, mean_shape

PARAMS = read(Path(__file__).parent.parent.parent / "params.yaml")
MODELS = value(PARAMS, "model", dict[str, ModelSettings])
LARGE = ("resnet50", "resnet152", "vgg19_bn", "timm:hrnet_w18")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if model.backbone in LARGE else [])
        for name, model in MODELS.items()
    ],
)
def test_its_loss_falls_by_a_third_in_fifteen_steps_on_two_faces(store, name):
    # From scratch and as a whole: no weights are fetched here, and a frozen random backbone sees nothing.
    settings = MODELS[name].model_copy(update={"weights": "none", "freeze": False})
    faces = decode(store, settings.input)
    images = views(faces.crops[:2], settings.input, faces.margin)
    truth = faces.points[:2], faces.labelled[:2]
    shape = torch.from_numpy(mean_shape(store))
    falls = []
    for rate in (3e-3, 1e-2, 1e-3):  # heads differ in the rate that suits them
        torch.manual_seed(0)
        model = LandmarkModel(settings, shape, store.settings.side)
        losses = fifteen_steps(model, images, truth, rate)
        falls.append((losses[0] - min(losses[10:])) / abs(losses[0]))
        if falls[-1] > 1 / 3:
            break
    assert max(falls) > 1 / 3
    prediction = model.eval().predict(images)
    assert prediction.points.shape == (2, 68, 2)
    assert prediction.points.dtype == torch.float32
    if prediction.covariance is not None:
        assert prediction.covariance.shape == (2, 68, 2, 2)


def fifteen_steps(model, images, truth, rate):
    """The losses before and after each step; no dropout."""
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout | torch.nn.Dropout2d):
            module.p = 0.0
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    losses = []
    for step in range(16):
        for group in optimizer.param_groups:
            group["lr"] = rate * (1 - step / 16)
        loss = model.head.loss(model(images), *truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses
