import numpy as np
import pytest

from facepoints.inference.predictor import Predictor


@pytest.fixture(scope="module")
def given(handed):
    """What each precision gives for views of noise, and of one colour."""
    random = np.random.default_rng(0)
    views = random.integers(0, 256, (6, 64, 64, 3), dtype=np.uint8)
    views[3:] = random.integers(0, 256, (3, 1, 1, 3), dtype=np.uint8)
    return {name: Predictor(path).run(views) for name, path in handed.items()}


def test_smaller_files_are_smaller(handed):
    size = {name: path.stat().st_size for name, path in handed.items()}
    assert size["int8"] < 0.4 * size["fp32"]
    assert size["fp16"] < 0.6 * size["fp32"]


def test_smaller_files_give_nearly_the_same_points(given):
    """64 pixels a side, and points that spread over a good part of them."""
    full = 64 * given["fp32"]["landmarks"]
    assert full.std(axis=1).min() > 5
    assert np.abs(64 * given["fp16"]["landmarks"] - full).max() < 0.1
    assert 0 < np.abs(64 * given["int8"]["landmarks"] - full).mean() < 1


def test_all_give_a_score(given):
    for outputs in given.values():
        assert outputs["score"].shape == (6,)
        assert ((outputs["score"] >= 0) & (outputs["score"] <= 1)).all()
