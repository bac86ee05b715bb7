import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facepoints.nme.error import face_nme, normaliser, point_errors
from facepoints.schemes.library import load
from facepoints.schemes.scheme import Scheme

SCHEME = load("ibug68")


def faces(count=3, seed=0):
    generator = np.random.default_rng(seed)
    true = generator.uniform(0, 200, (count, 68, 2))
    true[:, 36], true[:, 45] = (50, 100), (150, 100)  # inter-ocular distance 100
    return true


def test_a_shift_of_five_pixels_is_five_percent_of_a_hundred():
    true = faces()
    labelled = np.ones((3, 68), bool)
    errors = point_errors(true + [3.0, 4.0], true)
    found = face_nme(errors, labelled, normaliser(true, labelled, SCHEME, "inter_ocular"))
    np.testing.assert_allclose(found, 5.0)


def test_unlabelled_points_do_not_count():
    true = faces(1)
    predicted = true.copy()
    predicted[0, 8] += 1000
    labelled = np.ones((1, 68), bool)
    labelled[0, 8] = False
    divisor = normaliser(true, labelled, SCHEME, "inter_ocular")
    assert face_nme(point_errors(predicted, true), labelled, divisor)[0] == 0


def test_a_face_without_its_normaliser_gives_no_number():
    true = faces(2)
    labelled = np.ones((2, 68), bool)
    labelled[0, 36] = False  # unlabelled eye corner
    true[1, 45] = true[1, 36] + 0.5  # a profile: under 5 % of the box side
    assert np.isnan(normaliser(true, labelled, SCHEME, "inter_ocular")).all()


def test_inter_pupil_takes_the_centres_of_the_eyes():
    true = faces(1)
    labelled = np.ones((1, 68), bool)
    expected = np.linalg.norm(true[0, 36:42].mean(0) - true[0, 42:48].mean(0))
    found = normaliser(true, labelled, SCHEME, "inter_pupil")[0]
    assert found == pytest.approx(expected)


def test_the_box_is_taken_over_the_labelled_points():
    true = np.zeros((2, 3, 2))
    true[0] = (0, 0), (40, 10), (500, 500)
    true[1] = (3, 3), (3, 3), (9, 9)
    labelled = np.array([[True, True, False], [True, True, False]])
    found = normaliser(true, labelled, Scheme("three", 3), "box")
    np.testing.assert_allclose(found, [20, np.nan])  # sqrt(40 * 10); a box without extent


@given(
    arrays(np.float64, (2, 68, 2), elements=st.floats(-50, 50)),
    st.floats(0, 2 * np.pi),
    st.floats(0.2, 5),
    st.floats(-300, 300),
)
def test_moving_turning_and_scaling_both_changes_nothing(noise, angle, scale, shift):
    true = faces(2)
    labelled = np.ones((2, 68), bool)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def nme(map_points):
        moved, predicted = map_points(true), map_points(true + noise)
        divisor = normaliser(moved, labelled, SCHEME, "inter_ocular")
        return face_nme(point_errors(predicted, moved), labelled, divisor)

    np.testing.assert_allclose(
        nme(lambda p: p @ turn.T + shift), nme(lambda p: p), rtol=1e-6, atol=1e-9
    )
