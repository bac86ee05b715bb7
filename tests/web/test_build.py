"""What the page is built of, and what stops it."""

import json
import shutil
from pathlib import Path

import onnx
from typer.testing import CliRunner, Result

from facepoints.cli.main import app
from facepoints.web import runtime
from facepoints.web.site import is_site
from tests.web.conftest import lacking

PAGE = Path("src/facepoints/web/page")


def web(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["web", *map(str, arguments)])


def refused(*arguments: object) -> str:
    done = web(*arguments)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.output
    return done.stderr


def test_the_folder_holds_all_and_no_more(drawn_model, archive, tmp_path):
    out = tmp_path / "page"
    done = web(drawn_model, "--out", out, "--runtime", archive)
    assert done.exit_code == 0, done.output
    assert str(out) in done.stdout
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    own = {path.name for path in PAGE.iterdir()}
    made = {"model.onnx", "card.json", "haar.json", "haar.txt"}
    assert found == own | made | {f"ort/{name}" for name in (*runtime.FILES, *runtime.NOTICES)}
    assert (out / "model.onnx").read_bytes() == drawn_model.read_bytes()
    assert json.loads((out / "card.json").read_text())["scheme"]["points"] == 68
    assert "MIT License" in (out / "ort/LICENSE").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["page"]

    (out / "left.txt").touch()  # of an earlier page nothing stays
    assert web(drawn_model.parent, "--out", out, "--runtime", archive).exit_code == 0
    assert is_site(out)
    assert not (out / "left.txt").exists()


def test_a_folder_with_something_else_is_left_alone(drawn_model, archive, tmp_path):
    (tmp_path / "thesis.tex").write_text("years")
    assert "something else" in refused(drawn_model, "--out", tmp_path, "--runtime", archive)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_onnx_file_that_is_not_ours_is_refused(tmp_path):
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    result = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "other", [value], [result])
    other = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=8
    )
    onnx.save(other, tmp_path / "other.onnx")
    assert "without a facepoints model card" in refused(
        tmp_path / "other.onnx", "--out", tmp_path / "page"
    )
    assert "no such model" in refused(tmp_path / "none.onnx", "--out", tmp_path / "page")
    assert not (tmp_path / "page").exists()


def test_another_package_than_the_pinned_one_is_refused(drawn_model, tmp_path):
    other = tmp_path / "other.tgz"
    other.write_bytes(b"not it")
    said = refused(drawn_model, "--out", tmp_path / "page", "--runtime", other)
    assert f"not the {runtime.PACKAGE} that was pinned" in said
    assert runtime.INTEGRITY in said
    assert [path.name for path in tmp_path.iterdir()] == ["other.tgz"]
    assert "no such file" in refused(
        drawn_model, "--out", tmp_path / "page", "--runtime", tmp_path / "none.tgz"
    )


def test_without_npm_the_message_says_how_to_go_on(drawn_model, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    said = refused(drawn_model, "--out", tmp_path / "page")
    assert "npm: no such command" in said
    assert f"npm pack {runtime.PACKAGE}" in said
    assert "--runtime FILE.tgz" in said


def test_npm_without_a_network_is_told_in_one_message(drawn_model, tmp_path, monkeypatch):
    if shutil.which("npm") is None:
        lacking("no npm: what it says without a network was not tested")
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")  # where nothing listens
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    said = refused(drawn_model, "--out", tmp_path / "page")
    assert f"npm could not fetch {runtime.PACKAGE}: " in said
    assert "--runtime FILE.tgz" in said
    assert not (tmp_path / "page").exists()


def test_serving_wants_a_page(tmp_path):
    assert "no model" in refused("--out", tmp_path / "page")
    assert "no page here" in refused("--out", tmp_path / "page", "--serve")
