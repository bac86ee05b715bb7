import dataclasses
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.evaluation.points import match
from facepoints.schemes.library import load, names
from facepoints.schemes.scheme import Scheme

IBUG, MUCT, SYNTHETICS, WFLW = map(load, ("ibug68", "muct76", "synthetics70", "wflw98"))


def pairs(matched):
    return dict(zip(matched.predicted, matched.true, strict=True))


@pytest.mark.parametrize("name", names())
def test_within_a_scheme_all_points_are_compared(name):
    scheme = load(name)
    matched = match(scheme, scheme)
    assert pairs(matched) == {index: index for index in range(scheme.points)}
    assert (matched.schemes, matched.description) == (name, f"all {scheme.points}")
    assert matched.convention == scheme.convention


def test_a_map_is_used_in_both_directions():
    onto, back = match(WFLW, IBUG), match(IBUG, WFLW)
    assert (len(onto.true), onto.true) == (68, list(range(68)))
    assert pairs(onto) == {own: index for index, own in pairs(back).items()}
    assert pairs(onto)[60] == 36
    assert (onto.schemes, onto.description) == ("wflw98 → ibug68", "all 68")
    assert (back.schemes, back.description) == (
        "ibug68 → wflw98",
        "68: ibug68 by the map of wflw98",
    )
    assert (onto.convention, back.convention) == (
        "WFLW contour → contour",
        "contour → WFLW contour",
    )


def test_two_maps_to_a_third_scheme_meet_there():
    matched = match(SYNTHETICS, WFLW)
    assert matched.true == list(WFLW.maps["ibug68"])
    assert matched.predicted == list(range(68))
    assert matched.convention == "mesh → WFLW contour"
    # The same true points have the same description, whatever the model's scheme: they compare.
    assert matched.description == match(IBUG, WFLW).description


def test_without_maps_the_points_that_both_name_are_compared():
    matched = match(MUCT, IBUG)
    assert pairs(matched) == {27: 36, 29: 39, 34: 42, 32: 45, 48: 48, 54: 54, 67: 30, 7: 8}
    assert matched.description.startswith("shared 8: right_eye_outer, ")
    assert (matched.convention, matched.inner) == ("contour", [])
    assert match(MUCT, WFLW).description.startswith("shared 10: ")  # and the pupils


@pytest.mark.parametrize(("predicted", "true"), list(product((IBUG, SYNTHETICS, WFLW), repeat=2)))
def test_the_inner_points_are_ibug_s_without_the_jaw(predicted, true):
    matched = match(predicted, true)
    wanted = range(17, 68) if true == IBUG else true.maps["ibug68"][17:]
    assert [matched.true[place] for place in matched.inner] == list(wanted)


def test_a_convention_that_is_not_told_is_unknown():
    plain = Scheme("plain", 2, shared={"chin": 0, "nose_tip": 1})
    assert match(plain, plain).convention is None
    assert match(plain, dataclasses.replace(plain, name="other")).convention is None
    assert match(plain, IBUG).convention == "unknown → contour"
    assert match(IBUG, plain).convention == "contour → unknown"


def test_schemes_without_common_points_are_refused():
    bare = dataclasses.replace(IBUG, name="bare", shared={})
    with pytest.raises(FacepointsError, match="schemes bare and ibug68 name no common point"):
        match(bare, IBUG)
    with pytest.raises(FacepointsError, match="scheme ibug68 is another than the model's of that"):
        match(dataclasses.replace(bare, name="ibug68"), IBUG)


@pytest.mark.parametrize("turned", [False, True])
def test_a_map_of_another_length_is_refused(turned):
    short = Scheme("short", 3, maps={"ibug68": (0, 1, 2)})
    message = r"scheme short: key maps.ibug68: expected one index for each of the 68 .*; found 3\."
    with pytest.raises(FacepointsError, match=message):
        match(*((IBUG, short) if turned else (short, IBUG)))


@given(st.lists(st.integers(0, 9), min_size=68, max_size=68), st.booleans())
def test_one_point_may_stand_for_several(indices, turned):
    few = Scheme("few", 10, maps={"ibug68": tuple(indices)})
    place = np.random.default_rng(0).uniform(size=(10, 2))
    ibug = place[indices]
    matched = match(IBUG, few) if turned else match(few, IBUG)
    predicted, true = (ibug, place) if turned else (place, ibug)
    np.testing.assert_array_equal(predicted[matched.predicted], true[matched.true])
    assert len(matched.true) == 68
    assert matched.inner == list(range(17, 68))
