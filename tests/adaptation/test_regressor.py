import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.adaptation.regressor import fit

FACES, POINTS = 120, 7
SHAPE = np.random.default_rng(1).uniform(0, 1, (POINTS, 2))
PENALTY = 1e-9

NUMBERS = st.floats(-3, 3, allow_subnormal=False)


def moved(points, scale, angle, shift):
    """The same faces in a photo that is turned, scaled and shifted."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return scale * points @ turn + shift


def photos(seed, deviation=0.05):
    """Faces of several shapes, each somewhere in its photo, and what lays a point of the mean shape there."""
    rng = np.random.default_rng(seed)
    shapes = SHAPE + rng.normal(0, deviation, (FACES, POINTS, 2))
    places = zip(
        rng.uniform(20, 90, FACES),
        rng.uniform(-1, 1, FACES),
        rng.uniform(0, 500, (FACES, 2)),
        strict=True,
    )
    return shapes, list(places)


def placed(shapes, places):
    return np.stack([moved(shape, *place) for shape, place in zip(shapes, places, strict=True)])


@pytest.mark.parametrize("count", [3, POINTS, 11])
def test_a_linear_map_of_the_points_is_recovered_on_other_faces(count):
    """Of a net's points to others, more or fewer, that lie where a linear map of the face's shape puts them."""
    rng = np.random.default_rng(3)
    weights, middle = rng.normal(0, 0.3, (count, POINTS)), rng.uniform(-0.2, 0.2, (count, 2))
    weights += (
        1 - weights.sum(axis=1, keepdims=True)
    ) / POINTS  # goes along with a shift of the photo

    def pair(seed):
        shapes, places = photos(seed)
        # One shape for all, so that the net's own points tell where the face lies.
        shift = np.stack([np.zeros((count, 2)) + middle] * FACES)
        seen = placed(shapes, places)
        turned = placed(shift, [(scale, angle, 0.0) for scale, angle, _ in places])
        return seen, weights @ seen + turned

    (seen, true), (other, expected) = pair(5), pair(6)
    labelled = np.ones((FACES, count), bool)
    found = fit(SHAPE, seen, true, labelled, PENALTY)(other)
    plain = np.linalg.norm(expected - weights @ other, axis=-1).mean()
    error = np.linalg.norm(found - expected, axis=-1).mean()
    assert error < 0.15 * plain


def test_a_constant_difference_of_a_rigid_face_is_taken_out_whole():
    shapes, places = photos(2, deviation=0.0)
    away = np.random.default_rng(4).normal(0, 0.1, (POINTS, 2))
    true = placed(shapes + away, places)
    labelled = np.ones((FACES, POINTS), bool)
    found = fit(SHAPE, placed(shapes, places), true, labelled, 1.0)(placed(shapes, places))
    np.testing.assert_allclose(found, true, atol=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 20), NUMBERS, NUMBERS, NUMBERS)
def test_whatever_turns_scales_or_shifts_the_photo_does_the_same_to_the_result(scale, angle, x, y):
    shapes, places = photos(7)
    seen = placed(shapes, places)
    labelled = np.ones((FACES, POINTS), bool)
    regressor = fit(SHAPE, seen, seen + 3.0, labelled, 1e-4)
    place = (scale, angle, 100 * np.array([x, y]))
    expected = moved(regressor(seen).astype(float), *place)
    np.testing.assert_allclose(regressor(moved(seen, *place)), expected, atol=2e-3 * scale + 1e-3)


@pytest.mark.parametrize("unit", [0.01, 1.0, 500.0])
def test_the_unit_of_the_mean_shape_does_not_matter(unit):
    shapes, places = photos(7)
    seen = placed(shapes, places)
    labelled = np.ones((FACES, POINTS), bool)
    one, other = (fit(shape, seen, seen + 3.0, labelled, 1e-3) for shape in (SHAPE, unit * SHAPE))
    np.testing.assert_allclose(one(seen), other(seen), atol=1e-2)


def test_unlabelled_points_do_not_matter():
    shapes, places = photos(8)
    seen = placed(shapes, places)
    true = seen + np.random.default_rng(9).normal(0, 1, seen.shape)
    labelled = np.random.default_rng(10).random((FACES, POINTS)) < 0.8
    other = np.where(labelled[..., None], true, 0.0)
    first, second = (fit(SHAPE, seen, labels, labelled, 1e-3) for labels in (true, other))
    np.testing.assert_array_equal(first.weights, second.weights)
    np.testing.assert_array_equal(first.offset, second.offset)
    every = fit(SHAPE, seen, true, np.ones_like(labelled), 1e-3)
    assert not np.allclose(first.weights, every.weights)  # they would have mattered


def test_a_point_is_fitted_over_the_faces_that_have_it_labelled():
    shapes, places = photos(8)
    seen = placed(shapes, places)
    true = seen + np.random.default_rng(9).normal(0, 1, seen.shape)
    labelled = np.ones((FACES, POINTS), bool)
    labelled[50:, 2] = False
    found = fit(SHAPE, seen, true, labelled, 1e-3)
    few = fit(SHAPE, seen[:50], true[:50], labelled[:50], 1e-3)
    np.testing.assert_allclose(found.weights[:, 4:6], few.weights[:, 4:6], atol=1e-9)
    np.testing.assert_allclose(found.offset[4:6], few.offset[4:6], atol=1e-9)


def test_a_point_that_is_never_labelled_is_refused():
    seen = placed(*photos(8))
    labelled = np.ones((FACES, POINTS), bool)
    labelled[:, [2, 5]] = False
    with pytest.raises(
        FacepointsError, match="the points 2, 5 are labelled in none of the 120 tra"
    ):
        fit(SHAPE, seen, seen, labelled, 1e-3)


def test_predictions_that_are_no_numbers_are_refused():
    seen = placed(*photos(8))
    seen[3, 2] = np.nan
    with pytest.raises(FacepointsError, match="points that are no numbers"):
        fit(SHAPE, seen, seen, np.ones((FACES, POINTS), bool), 1e-3)
