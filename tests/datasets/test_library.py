from collections.abc import Callable
from pathlib import Path

import pytest

from facepoints import FacepointsError
from facepoints.datasets.library import open_set


def test_opens_by_format(write_w300: Callable[..., Path]) -> None:
    root = write_w300("afw/1_1.jpg")
    opened = open_set("w300", root, "ibug68", {})
    (face,) = opened.faces()
    assert opened.image(face).shape == (48, 64, 3)


def test_wrong_format_scheme_and_options(tmp_path: Path) -> None:
    with pytest.raises(
        FacepointsError, match=r"unknown format 'wflw'\. Known: synthetic, muct, w300"
    ):
        open_set("wflw", tmp_path, "ibug68", {})
    with pytest.raises(FacepointsError, match="'muct76' does not fit format w300; allowed: ibug68"):
        open_set("w300", tmp_path, "muct76", {})
    with pytest.raises(FacepointsError, match=r"unknown key dataset\.\w+\.options\.faces"):
        open_set("muct", tmp_path, "muct76", {"faces": 3})
