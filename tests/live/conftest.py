"""Exact models, for discs."""

from pathlib import Path

import pytest

from tests.live import discs


@pytest.fixture(scope="module")
def disc_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("discs")


@pytest.fixture
def disc_model(disc_folder):
    """Predictor and detector of discs."""
    return discs.predictor(disc_folder)
