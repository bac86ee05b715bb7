import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.inspection.shape import as_complex, fit, mean

SHAPE = np.array([0, 4, 1 + 3j, 3 + 3j, 2 + 1j])
ALL = np.ones((1, 5), bool)


@given(
    st.floats(0.1, 100),
    st.floats(-3.1, 3.1),
    st.complex_numbers(max_magnitude=1000, allow_nan=False, allow_infinity=False),
)
def test_place_size_and_rotation_do_not_count(size, angle, shift):
    turn = size * np.exp(1j * angle)
    fitted = fit(SHAPE, (turn * SHAPE + shift)[None], ALL)
    assert fitted.distance[0] == pytest.approx(0, abs=1e-5)
    assert fitted.turn[0] == pytest.approx(turn, rel=1e-6)
    assert fitted.shift[0] == pytest.approx(shift, abs=1e-6 * (1 + abs(shift) + size))


def test_a_reflection_counts():
    assert fit(SHAPE, SHAPE.conj()[None], ALL).distance[0] > 0.5


def test_the_distance_is_that_of_the_best_similarity():
    rng = np.random.default_rng(0)
    face = rng.normal(size=5) + 1j * rng.normal(size=5)
    centred = face - face.mean()
    columns = np.stack([SHAPE, np.ones(5)], axis=1)
    residual = np.linalg.lstsq(columns, face, rcond=None)[1][0]
    expected = np.sqrt(residual / (np.abs(centred) ** 2).sum())
    assert fit(SHAPE, face[None], ALL).distance[0] == pytest.approx(expected)


def test_unlabelled_points_do_not_count():
    face, labelled = SHAPE.copy(), ALL.copy()
    face[2], labelled[0, 2] = 1e6, False
    assert fit(SHAPE, face[None], labelled).distance[0] == pytest.approx(0, abs=1e-6)


def test_two_points_tell_nothing():
    labelled = np.array([[True, True, False, False, False]])
    assert np.isnan(fit(SHAPE, SHAPE[None], labelled).distance[0])


def test_the_mean_is_upright_of_size_one_and_not_drawn_away_by_wrong_faces():
    rng = np.random.default_rng(1)
    angles = rng.uniform(-0.4, 0.4, 40)
    faces = SHAPE * (rng.uniform(10, 90, 40) * np.exp(1j * angles))[:, None] + 50
    faces[:5] = rng.normal(size=(5, 5)) + 1j * rng.normal(size=(5, 5))
    found = mean(faces, np.ones(faces.shape, bool))
    assert np.linalg.norm(found) == pytest.approx(1)
    fitted = fit(SHAPE, found[None], ALL)
    assert fitted.distance[0] < 0.01
    assert abs(np.angle(fitted.turn[0])) < 0.2


def test_a_point_that_no_face_has_harms_nothing():
    labelled = np.ones((12, 5), bool)
    labelled[:, 4] = False
    found = mean(np.tile(SHAPE, (12, 1)), labelled)
    assert np.isfinite(found).all()


def test_points_as_complex_numbers():
    assert as_complex(np.array([[[1, 2]]], np.float32)) == np.array([[1 + 2j]])
