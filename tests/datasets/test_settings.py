from typing import Any, get_args

import pytest

from facepoints import FacepointsError
from facepoints.datasets.library import FORMATS
from facepoints.datasets.settings import OPTIONS, SCHEMES, DatasetSettings
from facepoints.parameters import checked
from facepoints.schemes.library import load


def settings(**changes: Any) -> DatasetSettings:
    content = {
        "format": "muct",
        "scheme": "muct76",
        "digest": None,
        "faces": None,
        "test": "hash",
        "options": {},
        **changes,
    }
    return checked(content, "dataset.mine", DatasetSettings)


def test_formats_are_the_same_everywhere() -> None:
    named = set(get_args(DatasetSettings.model_fields["format"].annotation))
    assert named == set(OPTIONS) == set(SCHEMES) == set(FORMATS)
    for schemes in SCHEMES.values():
        assert [load(name).name for name in schemes or ()] == list(schemes or ())


def test_valid() -> None:
    assert settings().options == {}
    assert settings(format="w300", scheme="ibug68", test="official").test == "official"
    assert settings(format="wflw", scheme="wflw98", test="official").test == "official"
    assert settings(format="face_synthetics", scheme="synthetics70", faces=9).faces == 9
    assert settings(format="csv", scheme="mine.yaml", test="official").scheme == "mine.yaml"
    assert settings(format="dlib", scheme="muct76", test="all").scheme == "muct76"
    assert settings(digest="0" * 64).digest == "0" * 64


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scheme": "ibug68"}, "scheme 'ibug68' does not fit format muct; allowed: muct76"),
        ({"format": "menpo"}, "dataset.mine.format: .*'synthetic', 'facekit', 'muct', 'w300', "),
        ({"digest": "abc"}, "dataset.mine.digest: "),
        ({"test": "official"}, r"format muct has no official test split .*w300.*use hash"),
        ({"test": "some"}, "dataset.mine.test: .*'official', 'hash' or 'all'"),
        ({"faces": 9}, "faces: format muct is only to be had whole"),
        ({"faces": 0}, "dataset.mine.faces: "),
        ({"format": "pts", "scheme": "../mine.yaml"}, "expected a path below the set's folder"),
        ({"format": "pts", "test": "official"}, "format pts has no official test split .*csv"),
        ({"colour": 1}, "unknown key dataset.mine.colour"),
    ],
)
def test_wrong_values_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(FacepointsError, match=message):
        settings(**changes)
