"""Faces that the project's own generator draws, as the tests' data."""

from pathlib import Path

import pytest

from facepoints.crops.settings import CacheSettings
from facepoints.datasets.library import open_set
from facepoints.parameters import read
from facepoints.schemes.library import load
from facepoints.store.build import build
from facepoints.store.crops import Crops, read_columns
from facepoints.store.crops import read as read_store

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
ROOT = Path(__file__).parent.parent


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
