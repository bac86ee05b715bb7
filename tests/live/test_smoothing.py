import numpy as np
import pytest

from facepoints.live.smoothing import OneEuro, Smoothing, size

RATE = 30
SHAPE = np.array([[0, 0], [100, 0], [100, 100], [0, 100], [50, 50]], np.float32)


def filtered(points, settings=Smoothing()):  # noqa: B008 (it is frozen)
    one = OneEuro(settings)
    return np.array([one(each, index / RATE) for index, each in enumerate(points)])


def test_noise_on_a_still_face_is_smoothed_and_the_place_is_kept():
    noise = np.random.default_rng(0).normal(0, 0.5, (300, 5, 2))
    points = (SHAPE + noise).astype(np.float32)
    smooth = filtered(points)
    assert np.diff(smooth, axis=0).std() < np.diff(points, axis=0).std() / 4
    np.testing.assert_allclose(smooth[50:].mean(axis=0), SHAPE, atol=0.15)


def test_a_fast_face_lags_by_less_than_a_fiftieth_of_its_size():
    moves = np.arange(60, dtype=np.float32)[:, None, None] * 100 / RATE  # its size in a second
    points = SHAPE + moves * np.array([1, 0], np.float32)
    late = points[-1] - filtered(points)[-1]
    assert 0 < late[:, 0].max() < 100 / 50


def test_near_and_far_faces_are_smoothed_alike():
    points = (SHAPE + np.random.default_rng(0).normal(0, 2, (50, 5, 2))).astype(np.float32)
    np.testing.assert_allclose(filtered(points * 7), filtered(points) * 7, rtol=1e-3, atol=0.05)


def test_the_formula_of_the_paper_on_numbers_worked_by_hand():
    one = OneEuro(Smoothing(still=1.0, speed=2.0, trust=1.0))
    box = np.array([[0, 0], [10, 10]], np.float32)
    one(box, 0.0)
    found = one(box + np.array([1, 0], np.float32), 0.1)
    # Speed 1 / 0.1 s / size 10 = 1; smoothed by α = 2π·0.1 / (2π·0.1 + 1) = 0.38587; cutoff 1 + 2 · 0.38587 = 1.77174.
    share = 2 * np.pi * 1.77174 * 0.1
    np.testing.assert_allclose(
        found[:, 0], [share / (share + 1), 10 + share / (share + 1)], rtol=1e-4
    )


@pytest.mark.parametrize("time", [1.0, 0.5])
def test_a_clock_that_does_not_go_on_starts_anew(time):
    one = OneEuro(Smoothing())
    one(SHAPE, 1.0)
    np.testing.assert_array_equal(one(SHAPE + 50, time), SHAPE + 50)


def test_the_size_of_a_face_is_never_zero():
    assert size(SHAPE) == 100
    assert size(SHAPE[:1]) == 1
