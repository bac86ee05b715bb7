import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facepoints.evaluation.metrics import auc, bootstrap_interval, ced, failure_rate

THREE = np.array([2.0, 6.0, 14.0])


def test_three_faces_by_hand():
    assert failure_rate(THREE) == pytest.approx(100 / 3)
    assert failure_rate(THREE, 8) == pytest.approx(100 / 3)
    assert failure_rate(THREE, 5) == pytest.approx(200 / 3)
    assert auc(THREE) == pytest.approx((0.8 + 0.4 + 0) / 3)
    assert auc(THREE, 8) == pytest.approx((0.75 + 0.25 + 0) / 3)
    assert ced(THREE, np.array([0, 2, 5.9, 6, 20])).tolist() == [0, 1 / 3, 1 / 3, 2 / 3, 1]


@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 40)))
def test_auc_is_the_area_under_the_ced(nme):
    errors = np.linspace(0, 10, 20001)
    area = ced(nme, errors).mean()
    assert auc(nme) == pytest.approx(area, abs=1e-3)


def test_the_interval_holds_the_mean_and_counts_groups():
    generator = np.random.default_rng(0)
    nme = generator.gamma(4, 1, 500)
    groups = [str(index // 5) for index in range(500)]
    low, high, count = bootstrap_interval(nme, groups, 2000)
    assert low < nme.mean() < high
    assert count == 100


def test_groups_that_repeat_widen_the_interval():
    nme = np.repeat(np.random.default_rng(0).gamma(4, 1, 50), 10)
    by_face = bootstrap_interval(nme, [str(index) for index in range(500)], 2000)
    by_group = bootstrap_interval(nme, [str(index // 10) for index in range(500)], 2000)
    assert by_group[1] - by_group[0] > 2 * (by_face[1] - by_face[0])


def test_one_group_gives_no_width():
    assert bootstrap_interval(THREE, ["a"] * 3, 100)[:2] == pytest.approx((22 / 3, 22 / 3))
