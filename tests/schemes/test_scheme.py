import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.schemes.scheme import Scheme


def keys(**changes: Any) -> dict[str, Any]:
    """Five points as a file would give them: eyes 0 and 1, nose 2, mouth corners 3 and 4."""
    return {
        "name": "five",
        "points": 5,
        "mirror": [1, 0, 2, 4, 3],
        "groups": {"right_eye": [0], "left_eye": [1], "nose": [2], "mouth": [3, 4]},
        "regions": {"eyes": ["right_eye", "left_eye"], "mouth": ["mouth"]},
        "normalisers": {"inter_ocular": [[0], [1]], "mouth_width": [[3], [4]]},
        "shared": {"right_eye_outer": 0, "left_eye_outer": 1, "nose_tip": 2},
        "closed": ["mouth"],
        "convention": "contour",
        "maps": {"three": [0, 1, 2]},
        **changes,
    }


def test_values_and_defaults() -> None:
    scheme = Scheme.from_mapping(keys(), "five.yaml")
    assert scheme.mirror == (1, 0, 2, 4, 3)
    assert scheme.normaliser == "inter_ocular"
    assert scheme.region("eyes") == (0, 1)
    assert scheme.groups["mouth"] == (3, 4)


def test_json_and_pickle_bring_back_the_same_scheme() -> None:
    scheme = Scheme.from_mapping(keys(), "five.yaml")
    assert Scheme.from_json(scheme.to_json()) == scheme
    assert Scheme.from_json(scheme.to_json()).to_json() == scheme.to_json()
    assert pickle.loads(pickle.dumps(scheme)) == scheme
    # The order of normalisers says which is the default, so it must survive too.
    turned = keys(normalisers={"mouth_width": [[3], [4]], "inter_ocular": [[0], [1]]})
    again = Scheme.from_json(Scheme.from_mapping(turned, "five.yaml").to_json())
    assert again.normaliser == "mouth_width"


def test_a_name_and_a_count_are_enough() -> None:
    scheme = Scheme.from_mapping({"name": "five", "points": 5, "groups": None}, "five.yaml")
    assert scheme == Scheme("five", 5)
    assert (scheme.mirror, scheme.groups, scheme.maps, scheme.shape) == (None, {}, {}, ())
    assert (scheme.convention, scheme.normaliser) == (None, "box")
    assert scheme.to_json() == '{"name":"five","points":5}'
    assert Scheme.from_json(scheme.to_json()) == scheme
    assert [sentence.split(":")[0] for sentence in scheme.missing()] == [
        "No mirror",
        "No groups",
        "No normalisers",
        "No shared names and no maps",
    ]


def test_what_is_there_is_not_missing() -> None:
    assert Scheme.from_mapping(keys(maps=None), "five.yaml").missing() == []
    mapped = Scheme.from_mapping(keys(shared={}, maps={"three": [0, 1, 2]}), "five.yaml")
    assert mapped.missing() == []


def test_shape_is_rounded_kept_and_tells_no_schemes_apart() -> None:
    scheme = Scheme.from_mapping(keys(shape=[[0, 1 / 3]] * 5), "five.yaml")
    assert scheme.shape == ((0.0, 0.3333),) * 5
    assert Scheme.from_json(scheme.to_json()).shape == scheme.shape
    assert scheme == Scheme.from_mapping(keys(), "five.yaml")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Five"}, "key name: "),
        ({"name": 5}, "key name: expected str; found 5"),
        ({"points": 0}, "key points: expected at least 1"),
        ({"points": True}, "key points: expected int; found True"),
        ({"mirror": [1, 0, 2, 4]}, "key mirror: expected 5 indices; found 4"),
        ({"mirror": [1, 0, 2, 4, 5]}, "key mirror: expected indices from 0 to 4; found 5"),
        ({"mirror": [1, 0, -1, 4, 3]}, "key mirror: expected indices from 0 to 4; found -1"),
        ({"mirror": [1, 0, 3, 4, 2]}, r"key mirror\[2\]: 2 goes to 3, but 3 goes to 4"),
        ({"mirror": [0, 1, 2, "4", 3]}, "key mirror: expected int; found '4'"),
        ({"groups": {"jaw": [0, 9]}}, "key groups.jaw: expected indices from 0 to 4; found 9"),
        ({"groups": {"jaw": []}}, "key groups.jaw: expected at least one index"),
        ({"groups": {"jaw": [1, 1]}}, "key groups.jaw: holds a point twice"),
        ({"groups": [0]}, r"key groups: expected dict; found \[0\]"),
        ({"regions": {"eyes": ["eye"]}}, "key regions.eyes: no group 'eye'; groups: right_eye, "),
        ({"closed": ["lips"]}, "key closed: no group 'lips'"),
        ({"normalisers": {"box": [[0], [1]]}}, "key normalisers.box: the name is taken"),
        ({"normalisers": {"d": [[0], [7]]}}, r"key normalisers.d\[1\]: .* found 7"),
        (
            {"normalisers": {"d": [[0]]}},
            "key normalisers.d: expected two lists of indices; found 1",
        ),
        ({"normalisers": {"d": [[0], [0]]}}, "key normalisers.d: .* a point in common"),
        ({"shared": {"chin_tip": 2}}, "key shared.chin_tip: unknown name; known: right_eye_outer"),
        ({"shared": {"chin": 5}}, "key shared.chin: expected indices from 0 to 4; found 5"),
        (
            {"shared": {"mouth_right": 3, "mouth_left": 2}},
            "key shared.mouth_right: mirror takes point 3 to 4, but mouth_left is point 2",
        ),
        ({"convention": 1}, "key convention: expected str; found 1"),
        ({"maps": {"three": [0, 1, 5]}}, "key maps.three: expected indices from 0 to 4; found 5"),
        ({"maps": {"five": [0, 1, 2, 3, 4]}}, "key maps.five: leads from the scheme to itself"),
        ({"maps": [0]}, r"key maps: expected dict; found \[0\]"),
        ({"shape": [[0, 0]]}, "key shape: expected 5 pairs x, y; found 1"),
        ({"shape": [[0, 0], [1]]}, r"key shape\[1\]: expected two numbers, x and y; found \[1\]"),
        ({"shape": [[0, float("nan")]]}, r"key shape\[0\]: expected two numbers"),
        ({"shape": [[True, 0]]}, r"key shape\[0\]: expected two numbers"),
        ({"colour": 1}, "key colour: unknown; known keys: name, points"),
    ],
)
def test_wrong_keys_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(FacepointsError, match=f"^five.yaml: {message}"):
        Scheme.from_mapping(keys(**changes), "five.yaml")


def test_missing_key_and_no_mapping() -> None:
    content = keys()
    del content["points"]
    with pytest.raises(FacepointsError, match=r"^five\.yaml: key points: is missing"):
        Scheme.from_mapping(content, "five.yaml")
    with pytest.raises(FacepointsError, match=r"^five\.yaml: expected keys and values, found list"):
        Scheme.from_mapping([], "five.yaml")
    with pytest.raises(FacepointsError, match=r"^part\.parquet: no valid JSON"):
        Scheme.from_json("{", "part.parquet")


@given(st.permutations(range(6)))
def test_exactly_the_involutions_are_mirrors(mirror: list[int]) -> None:
    content = {
        "name": "six",
        "points": 6,
        "mirror": mirror,
        "groups": {"all": [0, 1, 2, 3, 4, 5]},
        "normalisers": {"d": [[0], [1]]},
    }
    if all(mirror[mirror[index]] == index for index in range(6)):
        assert Scheme.from_mapping(content, "six").mirror == tuple(mirror)
    else:
        first = next(index for index in range(6) if mirror[mirror[index]] != index)
        with pytest.raises(FacepointsError, match=rf"mirror\[{first}\]"):
            Scheme.from_mapping(content, "six")
