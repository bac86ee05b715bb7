import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.crops.extent import padded
from facepoints.inference.correction import Correction, fit

number = st.floats(-0.5, 0.5)


def boxes(count=20, seed=0):
    random = np.random.default_rng(seed)
    corner = random.uniform(-50, 500, (count, 2))
    return np.concatenate([corner, corner + random.uniform(20, 300, (count, 2))], axis=1).astype(
        np.float32
    )


@given(number, number, st.floats(0.5, 2), st.floats(0.5, 2), st.booleans())
def test_fitting_finds_the_shift_and_scale_that_were_there(x, y, width, height, square):
    scale = (width, width) if square else (width, height)
    true = Correction((x, y), scale, square)
    found = fit(boxes(), true.views(boxes()), square)
    np.testing.assert_allclose([*found.shift, *found.scale], [x, y, *scale], atol=2e-4)


def test_a_few_strays_change_nothing():
    true = Correction((0.1, -0.2), (1.3, 1.3), True)
    views = true.views(boxes())
    views[:7] += 400
    assert fit(boxes(), views, True) == true


@pytest.mark.parametrize("aspect", [True, False])
def test_for_boxes_of_the_rule_itself_it_is_the_padding(aspect):
    views = padded(boxes(), 0.1, "side", True)
    assert fit(boxes(), views, True) == Correction((0.0, 0.0), (1.2, 1.2), True)
    if not aspect:
        uneven = padded(boxes(), 0.0, "side", aspect)
        assert fit(boxes(), uneven, aspect) == Correction((0.0, 0.0), (1.0, 1.0), aspect)
