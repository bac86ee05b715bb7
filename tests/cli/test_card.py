import json
import re
from pathlib import Path

import onnx
from typer.testing import CliRunner

from facepoints.cli.main import app


def test_a_card_says_what_a_model_is(drawn_model):
    done = CliRunner().invoke(app, ["card", str(drawn_model)])
    assert done.exit_code == 0, done.output
    lines = {line[2:15].strip(): line[15:].strip() for line in done.stdout.splitlines()[1:]}
    assert done.stdout.startswith("synthetic-mobilenet_v3_small-geometric-all-0 (")
    assert lines["learned from"].startswith("synthetic, 160 faces (SHA-256 ")
    assert lines["licence"] == "no photos: drawn faces"
    assert re.match(r"\d+\.\d+ % \[\d+\.\d+, \d+\.\d+\]", lines["NME"])
    assert lines["points"] == "68, scheme ibug68"
    assert lines["input"] == "64 × 64 pixels, RGB, uint8"
    assert lines["box"].startswith("landmarks, padded by 0.1 box sides on each side, then square")
    assert lines["detectors"] == "haar: their boxes are corrected"
    assert lines["gives"] == "landmarks, score"


def test_kept_weights_that_it_started_from_are_told_with_their_terms(drawn_model, tmp_path):
    model = onnx.load(drawn_model)
    card = json.loads(model.metadata_props[0].value)
    first = {"cell": "muct-a-none-all-0", "licence": "academic use"}
    second = {"cell": "w300-b-none-all-0", "licence": "research", "starts_from": first}
    card["training"]["starts_from"] = second
    model.metadata_props[0].value = json.dumps(card)
    onnx.save(model, tmp_path / "model.onnx")
    done = CliRunner().invoke(app, ["card", str(tmp_path / "model.onnx")])
    assert (
        "starts from w300-b-none-all-0 (licence: research), which started from muct-a-none-all-0 "
        "(licence: academic use)"
    ) in " ".join(done.stdout.split())


def test_what_is_no_model_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("page.onnx").write_text("<html>")
    done = CliRunner().invoke(app, ["card", "page.onnx"])
    assert done.exit_code == 1
    assert done.stderr.startswith("error: page.onnx: no ONNX model that can be read")
