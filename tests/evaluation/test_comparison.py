import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.evaluation.comparison import by_subset, difference, same_protocol
from facepoints.evaluation.face_errors import FaceErrors

MEASURED = {
    "points": "all 68",
    "normaliser": "inter_ocular",
    "test": "hash",
    "box": "landmarks",
    "faces": 3,
    "faces_sha256": "5f" * 32,
}


def table(nme, groups=None, subsets=None):
    names = [f"face {index}" for index in range(len(nme))]
    return FaceErrors(names, groups or names, subsets or [[]] * len(nme), np.array(nme, float))


def test_better_worse_and_the_sentence():
    rng = np.random.default_rng(0)
    first = rng.uniform(3, 5, 200)
    better = difference(table(first), table(first - 0.5 + rng.normal(0, 0.1, 200)), 500)
    assert better.verdict == "better"
    assert better.low < better.difference < better.high < 0
    assert str(better).startswith(f"better by {-better.difference:.3f} [{-better.high:.3f}, ")
    worse = difference(table(first), table(first + 0.5), 500)
    assert worse.verdict == "worse"
    assert f"{50 / first.mean():.1f} %" in str(worse)
    same = difference(table(first), table(first + rng.normal(0, 0.5, 200)), 500)
    assert same.verdict == "no difference shown"
    assert "no difference shown at this sample size" in str(same)


def test_pairs_show_what_two_intervals_would_hide():
    """Faces differ by far more than the models do, but each face is better."""
    rng = np.random.default_rng(1)
    hard = rng.lognormal(1.2, 0.8, 60)
    found = difference(table(hard), table(hard * 0.95), 500)
    assert found.verdict == "better"
    assert found.high < 0


def test_one_group_shows_nothing():
    found = difference(table([5, 6], ["a", "a"]), table([1, 2], ["a", "a"]), 100)
    assert (found.low, found.high, found.verdict) == (None, None, "no difference shown")
    assert "one group" in str(found)


def test_subsets_are_compared_apart():
    rng = np.random.default_rng(2)
    first = rng.uniform(3, 5, 100)
    second = first.copy()
    second[::2] -= 1 + rng.uniform(0, 0.1, 50)
    subsets = [["even"] if index % 2 == 0 else ["odd"] for index in range(100)]
    found = by_subset(table(first, subsets=subsets), table(second, subsets=subsets), 300)
    assert list(found) == ["all", "even", "odd"]
    assert found["even"].verdict == "better"
    assert found["odd"].verdict == "no difference shown"
    assert found["odd"].faces == 50


def test_other_faces_are_refused():
    with pytest.raises(FacepointsError, match="not scored on the same faces"):
        difference(table([1, 2]), table([1, 2, 3]), 100)
    with pytest.raises(FacepointsError, match="different test faces"):
        same_protocol(MEASURED, {**MEASURED, "faces_sha256": "0" * 64})


@pytest.mark.parametrize("key", ["points", "normaliser", "test", "box"])
def test_other_measures_are_refused(key):
    same_protocol(MEASURED, dict(MEASURED))
    with pytest.raises(FacepointsError, match=f"not measured alike .{key}: .*'other'"):
        same_protocol(MEASURED, {**MEASURED, key: "other"})
