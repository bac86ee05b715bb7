"""Whether the intervals hold what they say, on simulated test sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.evaluation.bootstrap import interval, resampled_means
from facepoints.evaluation.comparison import difference
from facepoints.evaluation.face_errors import FaceErrors

SAMPLES, RESAMPLES = 2000, 400


def skewed(rng, size):
    """Errors of faces in percent: many small ones, a long tail of large ones."""
    return rng.lognormal(1.2, 0.6, size)


TRUE_MEAN = np.exp(1.2 + 0.6**2 / 2)


def covered(draw, true):
    """The share of simulated samples whose interval holds the true mean."""
    held = 0
    for number in range(SAMPLES):
        values, groups = draw(np.random.default_rng([3, number]))
        means = resampled_means(values, groups, RESAMPLES, seed=number)
        low, high = interval(means, len(set(groups)))
        held += low <= true <= high
    return held / SAMPLES


def test_an_interval_of_500_faces_holds_the_true_mean_as_often_as_it_says():
    names = [str(number) for number in range(500)]
    assert 0.93 <= covered(lambda rng: (skewed(rng, 500), names), TRUE_MEAN) <= 0.97


def test_an_interval_of_27_people_holds_the_true_mean_nearly_as_often():
    """Between 5 and 20 faces of each, and half of an error's logarithm is the person's."""

    def draw(rng):
        sizes = rng.integers(5, 21, 27)
        person = np.repeat(rng.normal(0, 0.6 / np.sqrt(2), 27), sizes)
        own = rng.normal(0, 0.6 / np.sqrt(2), sizes.sum())
        names = np.repeat([f"person {index}" for index in range(27)], sizes)
        return np.exp(1.2 + person + own), names.tolist()

    assert 0.91 <= covered(draw, TRUE_MEAN) <= 0.97


def models(rng, faces, factor):
    """Two models on the same faces: what makes a face hard is common, the rest is each one's own."""
    hard = rng.normal(1.2, 0.5, faces)
    one, other = (np.exp(hard + rng.normal(0, 0.33, faces)) for _ in range(2))
    names = [str(number) for number in range(faces)]
    return (FaceErrors(names, names, [[]] * faces, nme) for nme in (one, other * factor))


def verdicts(factor):
    found = [
        difference(*models(np.random.default_rng([5, number]), 500, factor), RESAMPLES).verdict
        for number in range(SAMPLES)
    ]
    return {name: found.count(name) / SAMPLES for name in set(found)}


def test_two_equal_models_are_rarely_called_different():
    assert verdicts(1.0)["no difference shown"] >= 1 - 0.065


def test_a_tenth_less_error_is_found_on_500_faces():
    assert verdicts(0.9)["better"] > 0.9


@given(st.integers(2, 40), st.integers(0, 9))
def test_faces_of_one_group_stay_together(people, seed):
    """Equal faces within each person: resampling faces one by one would find less spread than there is."""
    rng = np.random.default_rng(seed)
    each = rng.lognormal(size=people)
    alone = resampled_means(each, [str(index) for index in range(people)], 200)
    names = [str(index) for index in range(people) for _ in range(7)]
    together = resampled_means(np.repeat(each, 7), names, 200)
    np.testing.assert_allclose(together, alone)


def test_columns_are_resampled_together():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(30, 2))
    values[:, 1] = values[:, 0] + 1
    names = [str(index) for index in range(30)]
    means = resampled_means(values, names, 100)
    np.testing.assert_allclose(means[:, 1] - means[:, 0], 1)
    np.testing.assert_allclose(means[:, 0], resampled_means(values[:, 0], names, 100))


def test_one_group_tells_nothing_of_others():
    assert interval(resampled_means(np.array([1.0, 5.0]), ["a", "a"], 100), 1) is None


@pytest.mark.parametrize(("groups", "tail"), [(27, 0.0181), (500, 0.0247)])
def test_fewer_groups_take_wider_percentiles(groups, tail):
    """Φ(−t √(n / (n − 1))): t of 26 and 499 degrees of freedom is 2.0555 and 1.9647."""
    evenly = np.linspace(0, 1, 100_001)
    low, high = interval(evenly, groups)
    assert low == pytest.approx(tail, abs=1e-4)
    assert high == pytest.approx(1 - tail, abs=1e-4)
