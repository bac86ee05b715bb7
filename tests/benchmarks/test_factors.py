"""The ablation of the rendered faces' factors, on a handful of faces."""

import json

import pytest

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_it_tells_what_the_nme_rises_by_and_goes_on_where_it_stopped(clone, copies):
    command = ["python", "-m", "benchmarks.factors", f"{copies}/facekit", "--sets", "synthetic"]
    command += ["--factors", "hair", "shadows", "--faces", "40", "--epochs", "1", "--input", "32"]
    first = json.loads(clone.run(*command).stdout)["synthetic"]
    assert set(first) == {"all", "hair", "shadows"}
    assert first["all"]["low"] < first["all"]["nme"] < first["all"]["high"]
    for name in ("hair", "shadows"):
        assert first[name]["low"] <= first[name]["rise"] <= first[name]["high"]
    assert json.loads(clone.run(*command).stdout)["synthetic"] == first
    assert not list((clone.folder / ".scratch/factors").glob("*/crops"))
