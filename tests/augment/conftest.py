"""Generators and the shipped set of all transforms."""

from pathlib import Path

import pytest
import torch

from facepoints import parameters
from facepoints.augment.settings import AugmentationSettings

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def named_sets() -> dict[str, AugmentationSettings]:
    """The augmentations that params.yaml defines."""
    params = parameters.read(ROOT / "params.yaml")
    return parameters.value(params, "augmentation", dict[str, AugmentationSettings])


@pytest.fixture
def images() -> torch.Tensor:
    """Eight random images (8, 3, 48, 48)."""
    return torch.rand(8, 3, 48, 48, generator=torch.Generator().manual_seed(1))
