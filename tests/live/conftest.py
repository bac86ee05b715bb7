"""Models that find something: exact ones for discs, and a small one that has learned from drawn faces."""

import os
from pathlib import Path

import pytest
import torch
from filelock import FileLock

from facepoints.augment.chance import Draws
from facepoints.augment.geometry import move_points, resample, sample_homography
from facepoints.datasets.library import open_set
from facepoints.inference.description import describe
from facepoints.inference.detection import Haar
from facepoints.inference.export import Deployed, convert, write
from facepoints.inference.fitting import corrections
from facepoints.inference.likeness import JITTER, learn, see
from facepoints.models.model import LandmarkModel
from facepoints.parameters import read
from facepoints.schemes.library import load
from facepoints.store.build import build
from facepoints.store.crops import read as read_store
from facepoints.store.crops import read_columns
from facepoints.store.faces import Faces, decode
from tests.conftest import CROP
from tests.live import discs
from tests.models import examples

ROOT = Path(__file__).parent.parent.parent
FACES, SIDE, EPOCHS, BATCH, RATE = 180, 112, 24, 30, 3e-3


@pytest.fixture(scope="module")
def disc_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("discs")


@pytest.fixture
def disc_model(disc_folder):
    """Predictor and detector of discs."""
    return discs.predictor(disc_folder)


@pytest.fixture(scope="session")
def drawn_model(tmp_path_factory) -> Path:
    """model.onnx that finds the 68 points of drawn faces, to a tenth of the eyes' distance or so.

    Of several test processes the first one makes it.
    """
    base = tmp_path_factory.getbasetemp()
    path = (
        (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
        / "drawn-model"
        / "model.onnx"
    )
    path.parent.mkdir(exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            _make(path, tmp_path_factory.mktemp("drawn"))
    return path


def _make(path: Path, folder: Path) -> None:
    scheme, settings = load("ibug68"), examples.settings(side=CROP.side)
    options = read(ROOT / "params.yaml")["dataset"]["synthetic"]["options"]
    few = {**options, "faces": FACES, "side": SIDE}
    build(open_set("synthetic", Path("unused"), scheme, few), scheme, CROP, folder / "cache")
    store = read_store(folder / "cache", read_columns(folder / "cache", ["face"])["face"])
    faces = decode(store, CROP.side)
    torch.manual_seed(0)
    model = LandmarkModel(settings, faces.points.mean(dim=0), CROP.side)
    _train(model, faces)
    card = describe(
        "synthetic-mobilenet_v3_small-geometric-all-0",
        settings,
        scheme,
        CROP,
        corrections(store, [Haar()]),
        {
            "data_set": "synthetic",
            "faces": FACES,
            "sha256": store.digest(),
            "box_rules": {"landmarks": FACES},
            "licence": "none needed; drawn",
        },
        {"percent": None},
        0.0,
        False,
    )
    write(convert(Deployed(model, learn(model, faces)).eval()), card, path)


def _train(model: LandmarkModel, faces: Faces) -> None:
    random = torch.Generator().manual_seed(0)
    optimiser = torch.optim.AdamW(model.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, RATE, total_steps=EPOCHS * (FACES // BATCH)
    )
    model.train()
    for _ in range(EPOCHS):
        for chosen in torch.randperm(FACES, generator=random).split(BATCH):
            maps, _ = sample_homography(JITTER, Draws(random, BATCH))
            views = resample(faces.crops[chosen].float() / 255, maps, model.input, faces.margin)
            points = see(model, views).prediction.points
            (points - move_points(faces.points[chosen], maps)).abs().mean().backward()
            optimiser.step()
            optimiser.zero_grad()
            schedule.step()
    model.eval()
