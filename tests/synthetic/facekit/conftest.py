"""The real head model, from the folder that FACEPOINTS_DATA names."""

from pathlib import Path

import pytest

from facepoints.parameters import checked, read
from facepoints.synthetic.facekit import model
from facepoints.synthetic.facekit.settings import FacekitSettings

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def folder(copies) -> Path:
    return copies / "facekit"


@pytest.fixture(scope="session")
def kit(folder):
    return model.read(folder)


@pytest.fixture(scope="session")
def options():
    return read(ROOT / "params.yaml")["dataset"]["facekit"]["options"]


@pytest.fixture(scope="session")
def settings(options):
    """Makes the shipped settings with changes; `only` names the factors that are left on."""

    def make(only=None, **changes):
        factors = options["factors"]
        if only is not None:
            factors = {name: float(name in only) for name in factors}
        content = {**options, "side": 128, "factors": factors, **changes}
        return checked(content, "dataset.facekit.options", FacekitSettings)

    return make
