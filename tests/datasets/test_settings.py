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
        "test": "hash",
        "options": {},
        **changes,
    }
    return checked(content, "dataset.mine", DatasetSettings)


def test_formats_are_the_same_everywhere() -> None:
    named = set(get_args(DatasetSettings.model_fields["format"].annotation))
    assert named == set(OPTIONS) == set(SCHEMES) == set(FORMATS)
    for schemes in SCHEMES.values():
        assert [load(name).name for name in schemes] == list(schemes)


def test_valid() -> None:
    assert settings().options == {}
    assert settings(format="w300", scheme="ibug68", test="official").test == "official"
    assert settings(digest="0" * 64).digest == "0" * 64


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scheme": "ibug68"}, "scheme 'ibug68' does not fit format muct; allowed: muct76"),
        ({"format": "wflw"}, "dataset.mine.format: .*'synthetic', 'muct' or 'w300'"),
        ({"digest": "abc"}, "dataset.mine.digest: "),
        ({"test": "official"}, r"format muct has no official test split .*w300.*use hash"),
        ({"test": "all"}, "dataset.mine.test: .*'official' or 'hash'"),
        ({"colour": 1}, "unknown key dataset.mine.colour"),
    ],
)
def test_wrong_values_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(FacepointsError, match=message):
        settings(**changes)
