"""docs/web.md, replayed; what its commands write and serve is opened in a browser by tests/web."""

import re

import pytest

from facepoints.web import runtime
from facepoints.web.site import is_site
from tests.docs.replay import replay, text

BUILD = "facepoints web models/synthetic-mobilenet_v3_small-geometric-all-0/model.onnx --out page"


@pytest.mark.slow
def test_the_page_s_commands_write_a_site(clone, archive):
    told = replay("web.md", clone, {BUILD: f"{BUILD} --runtime {archive}"})
    (said,) = (out for command, out in told.items() if command.startswith(BUILD))
    assert said.startswith(f"{clone.folder / 'page'}: ")
    assert is_site(clone.folder / "page")
    assert clone.run("git", "status", "--porcelain", "page").stdout == ""


def test_it_names_what_is_fetched_and_its_size(archive, tmp_path):
    assert f"npm pack {runtime.PACKAGE}\n" in text("web.md")
    runtime.put(tmp_path / "ort", archive)
    largest = max(path.stat().st_size for path in (tmp_path / "ort").iterdir())
    (megabytes,) = re.findall(r"file of (\d+) MB", text("web.md"))
    assert int(megabytes) == round(largest / 1e6)
