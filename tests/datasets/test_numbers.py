import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.datasets.numbers import box, finite, rectangle


def test_numbers() -> None:
    numbers = finite(["1", "-2.5", "1e2", " 3 "], "a.csv, line 2")
    assert numbers.dtype == np.float32
    assert numbers.tolist() == [1, -2.5, 100, 3]


@pytest.mark.parametrize(
    "word", ["", "x", "1,5", "nan", "inf", "-inf", "1e39", None, [1], {}, 10**400, float("nan")]
)
def test_what_is_no_finite_number_is_named(word: object) -> None:
    with pytest.raises(FacepointsError, match=r"^a\.csv, line 2: expected "):
        finite(["1", word], "a.csv, line 2")


def test_boxes_have_an_area() -> None:
    corners = np.array([0, 1, 2, 3], np.float32)
    assert box(corners, "a.csv, line 2") is corners
    for wrong in ([2, 1, 2, 3], [0, 3, 2, 1]):
        with pytest.raises(FacepointsError, match=r"^a\.csv, line 2: expected a box .* found x "):
            box(np.array(wrong, np.float32), "a.csv, line 2")


@pytest.mark.parametrize(("first_pixel", "start"), [(0, -0.5), (0.5, -0.5), (1, -1.5)])
def test_rectangles_reach_from_edge_to_edge(first_pixel: float, start: float) -> None:
    found = rectangle(np.array([0, 10, 3, 4], np.float32), first_pixel, "a")
    assert found.dtype == np.float32
    assert found.tolist() == [start, start + 10, start + 3, start + 14]
