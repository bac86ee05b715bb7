import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.datasets.numbers import finite


def test_numbers() -> None:
    numbers = finite(["1", "-2.5", "1e2", " 3 "], "a.csv, line 2")
    assert numbers.dtype == np.float32
    assert numbers.tolist() == [1, -2.5, 100, 3]


@pytest.mark.parametrize("word", ["", "x", "1,5", "nan", "inf", "-inf", "1e39"])
def test_what_is_no_finite_number_is_named(word: str) -> None:
    with pytest.raises(FacepointsError, match=r"^a\.csv, line 2: expected "):
        finite(["1", word], "a.csv, line 2")
