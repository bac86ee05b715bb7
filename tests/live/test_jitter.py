import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.live.jitter import jitter
from facepoints.schemes.scheme import Scheme

SCHEME = Scheme("four", 4, normalisers={"inter_ocular": ((0,), (1,))})
FACE = np.array([[0, 0], [100, 0], [0, 100], [100, 100]], float)


def test_worked_by_hand():
    track = np.tile(FACE, (5, 1, 1))
    track[1::2, 2, 1] += 3  # one point of four: movements 3, −3, 3, −3, whose spread is 3
    assert jitter(track, SCHEME) == pytest.approx(100 / 100 * 3 / 4)


def test_an_even_movement_is_no_jitter():
    track = FACE + np.arange(9)[:, None, None] * np.array([4.0, -2.0])
    assert jitter(track, SCHEME) == pytest.approx(0, abs=1e-9)


def test_white_noise_gives_two_hundred_sigma():
    track = FACE + np.random.default_rng(0).normal(0, 0.5, (4000, 4, 2))
    assert jitter(track, SCHEME) == pytest.approx(200 * 0.005, rel=0.02)


def test_what_cannot_be_told_is_said():
    with pytest.raises(FacepointsError, match="three pictures"):
        jitter(np.tile(FACE, (2, 1, 1)), SCHEME)
    with pytest.raises(FacepointsError, match="inter_ocular is too short"):
        jitter(np.tile(FACE[[0, 0, 2, 3]], (5, 1, 1)), SCHEME)
