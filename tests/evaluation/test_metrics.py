import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facepoints.evaluation.metrics import auc, ced, failure_rate

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
