"""Faces that the project's own generator draws, as the tests' data."""

import os
import signal
from pathlib import Path

import pytest
import torch

from facepoints.augment.pipeline import views
from facepoints.crops.settings import CacheSettings
from facepoints.datasets.library import open_set
from facepoints.evaluation.exported import validation_nme
from facepoints.inference.export import write
from facepoints.inference.handout import FULL, Trained, handed_out
from facepoints.models.model import LandmarkModel
from facepoints.parameters import read
from facepoints.schemes.library import load
from facepoints.store.build import build
from facepoints.store.crops import Crops, read_columns
from facepoints.store.crops import read as read_store
from facepoints.store.faces import decode, mean_shape
from tests.models import examples
from tests.once import once

COPIES = os.environ.get("FACEPOINTS_DATA")
CROP = CacheSettings(
    side=64,
    margin=0.25,
    box="landmarks",
    padding=0.1,
    padding_unit="side",
    keep_aspect=True,
    quality=95,
    missed="landmarks",
    max_unreadable=0.01,
)
FACES = 24
STEPS = 40  # of the small cell's training
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def copies() -> Path:
    """The folder of real data sets."""
    if not COPIES:
        pytest.fail("FACEPOINTS_DATA names no folder: nothing is checked on real faces.")
    return Path(COPIES)


@pytest.fixture(scope="session")
def crop_settings() -> CacheSettings:
    return CROP


@pytest.fixture(scope="session")
def drawn_set():
    """A small synthetic set."""
    options = read(ROOT / "params.yaml")["dataset"]["synthetic"]["options"]
    small = {**options, "faces": FACES, "side": 96}
    return open_set("synthetic", Path("unused"), load("ibug68"), small)


@pytest.fixture(scope="session")
def store_folder(drawn_set, tmp_path_factory) -> Path:
    """Its crop store."""
    folder = tmp_path_factory.mktemp("cache") / "synthetic"
    build(drawn_set, load("ibug68"), CROP, folder)
    return folder


@pytest.fixture(scope="session")
def store(store_folder) -> Crops:
    """All its faces."""
    return read_store(store_folder, read_columns(store_folder, ["face"])["face"])


@pytest.fixture(scope="session")
def trained(store, crop_settings) -> Trained:
    """A cell that has learned its few faces for seconds."""
    torch.manual_seed(0)
    settings = examples.settings(side=64)
    model = LandmarkModel(settings, torch.from_numpy(mean_shape(store)), 64)
    faces = decode(store, 64)
    optimiser = torch.optim.Adam(model.parameters(), 2e-3)
    for _ in range(STEPS):
        output = model.train()(views(faces.crops, 64, faces.margin))
        optimiser.zero_grad()
        model.head.loss(output, faces.points, faces.labelled).backward()
        optimiser.step()
    return Trained(
        cell="synthetic-small-none-all-0",
        settings=settings,
        model=model.eval(),
        scheme=load("ibug68"),
        crop=crop_settings,
        data_set="synthetic",
        train=store,
        validation=store.first(9),
        licence="none needed",
    )


@pytest.fixture(scope="session")
def handed(trained, tmp_path_factory) -> dict[str, Path]:
    """Its files by precision."""
    folder, files = tmp_path_factory.mktemp("handed"), {}
    for precision, graph, card in handed_out(trained, ["int8", "fp16"], validation_nme):
        files[precision] = folder / f"{precision}.onnx"
        write(graph, card, files[precision])
    return files


@pytest.fixture(scope="session")
def file(handed) -> Path:
    return handed[FULL]


@pytest.fixture(scope="session")
def drawn_model(tmp_path_factory) -> Path:
    """A model.onnx that finds the points of drawn faces. Of several test processes the first one trains it."""
    from tests import trained  # which uses this file

    made = once(
        tmp_path_factory, "drawn-model", lambda folder: trained.export(folder / "model.onnx")
    )
    return made / "model.onnx"


@pytest.fixture
def heard_ctrl_c():
    """Where the tests run in the background, SIGINT is ignored, and what they start would inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
