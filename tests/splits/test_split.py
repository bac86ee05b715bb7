from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.splits.settings import SplitSettings
from facepoints.splits.split import assign, order

SETTINGS = SplitSettings(test=0.2, validation=0.1, seed=0)
GROUPS = [f"person{index % 200}" for index in range(600)]


def hashed(groups, seed=0):
    settings = SETTINGS.model_copy(update={"seed": seed})
    return assign(groups, [None] * len(groups), "hash", settings, "a")


@pytest.mark.parametrize("seed", range(20))
def test_no_group_stands_on_two_sides(seed):
    sides = defaultdict(set)
    for group, split in zip(GROUPS, hashed(GROUPS, seed), strict=True):
        sides[group].add(split)
    assert all(len(found) == 1 for found in sides.values())


def test_the_shares_are_about_those_asked_for():
    splits = hashed([f"person{index}" for index in range(5000)])
    assert 0.18 < splits.count("test") / 5000 < 0.22
    assert 0.065 < splits.count("validation") / 5000 < 0.095


@given(st.integers(0, 1000))
def test_the_seed_moves_the_validation_border_only(seed):
    for before, after in zip(hashed(GROUPS), hashed(GROUPS, seed), strict=True):
        assert (before == "test") == (after == "test")


def test_another_seed_gives_another_validation_split():
    assert hashed(GROUPS, 0) != hashed(GROUPS, 1)


def test_adding_faces_moves_no_old_one():
    more = [f"new{index}" for index in range(100)]
    assert hashed(more + GROUPS)[100:] == hashed(GROUPS)


def test_the_official_test_faces_are_the_test_split_and_their_groups_leave_the_rest():
    own = ["train"] * 200 + ["test"] * 3 + ["train"]
    groups = [f"photo{index}" for index in range(200)] + ["p", "q", "r", "q"]
    splits = assign(groups, own, "official", SETTINGS, "a")
    assert splits[200:] == ["test", "test", "test", "excluded"]
    assert "test" not in splits[:200]


def test_official_without_its_files_is_an_error():
    with pytest.raises(
        FacepointsError, match=r"official test faces are not, or not all.*dataset.w300.test: hash"
    ):
        assign(["a", "b"], ["train", "train"], "official", SETTINGS, "w300")


def test_all_makes_every_face_a_test_face():
    assert set(assign(GROUPS, [None] * len(GROUPS), "all", SETTINGS, "a")) == {"test"}


def test_an_empty_test_split_is_an_error():
    with pytest.raises(FacepointsError, match="test split is empty"):
        hashed(["one person"] * 10)


def test_a_set_may_hold_test_faces_alone():
    assert assign(["a", "b"], ["test", "test"], "official", SETTINGS, "a") == ["test", "test"]


def test_the_order_is_a_permutation_that_depends_on_the_seed_and_nests():
    faces = [f"face{index}" for index in range(50)]
    ranks = order(faces, 0)
    assert sorted(ranks) == list(range(50))
    assert ranks != order(faces, 1)
    fewer = order(faces[:30], 0)
    by_rank = sorted(range(30), key=lambda index: ranks[index])
    assert by_rank == sorted(range(30), key=lambda index: fewer[index])
