import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from facepoints import FacepointsError, parameters, recipe
from facepoints.cli import dvc
from facepoints.cli.main import app
from tests.stages.conftest import Clone

ROOT = Path(__file__).parent.parent.parent
SHIPPED = sorted(path.stem for path in (ROOT / "recipes").glob("*.yaml"))


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A git repository with the shipped params.yaml and recipes, and one stage that does nothing."""
    clone = Clone(tmp_path)
    clone.start()
    clone.run("dvc", "init", "-q")
    shutil.copy(ROOT / "params.yaml", tmp_path)
    shutil.copytree(ROOT / "recipes", tmp_path / "recipes")
    stages = {"stages": {"nothing": {"cmd": "true", "params": ["evaluate"]}}}
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump(stages))
    clone.commit("as it is")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shipped(monkeypatch) -> None:
    """This project's root is the working directory; nothing may be written there."""
    monkeypatch.chdir(ROOT)


def call(*words: str) -> Result:
    return CliRunner().invoke(app, ["recipe", *words])


def dry(*words: str) -> list[str]:
    """The words of the command that a dry run prints."""
    done = call("run", *words, "--dry")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("\n") == 1
    return shlex.split(done.stdout)


@pytest.mark.usefixtures("shipped")
def test_the_list_names_every_recipe_and_its_title():
    done = call("list")
    assert done.exit_code == 0
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert rows == [[name, recipe.read(name).title] for name in SHIPPED]


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("name", SHIPPED)
def test_a_recipe_is_shown_with_its_texts_and_all_that_it_sets(name):
    done = call("show", name)
    found = recipe.read(name)
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 100
    said = " ".join(done.stdout.split())
    assert said.startswith(f"{found.title} {' '.join(found.about.split())} ")
    assert [line.strip() for line in done.stdout.splitlines() if line.startswith("  ")] == (
        recipe.changes(found.overrides)
    )


def test_a_dry_run_s_line_is_the_command_that_gives_the_recipe_s_parameters(project):
    before = parameters.read()
    for name in ("facesynthetics-grid", "youtube-custom-cnn", "w300-best"):
        own = ("train.clip=1.0", "seeds=[0,3]", "evaluate.normaliser=box")
        words = [word for change in own for word in ("-S", change)]
        command = dry(name, *words)
        assert command[:3] == ["dvc", "exp", "run"]
        assert command[-len(words) :] == words
        keys = [word.partition("=")[0] for word in command[4::2]]
        assert len(keys) == len(set(keys))
        Clone(project).run(*command)
        overrides = recipe.read(name).overrides
        wanted = {**overrides, **dict(map(recipe.change, own))}
        before = recipe.changed(before, wanted, name)
        assert parameters.read() == before


def test_a_run_prints_its_command_runs_it_and_ends_as_it_ends(project):
    clone = Clone(project)
    done = clone.run("facepoints", "recipe", "run", "w300-best", "-S", "train.epochs=2")
    line, *rest = done.stdout.splitlines()
    assert shlex.split(line) == dry("w300-best", "-S", "train.epochs=2")
    assert any("Running stage 'nothing'" in each for each in rest)
    assert clone.params()["train"]["epochs"] == 2
    assert clone.params()["models"] == recipe.read("w300-best").overrides["models"]

    stages = {"stages": {"nothing": {"cmd": "exit 3", "params": ["evaluate"]}}}
    (project / "dvc.yaml").write_text(yaml.safe_dump(stages))
    direct = clone.run("dvc", "exp", "run", check=False)
    done = clone.run("facepoints", "recipe", "run", "muct-best", check=False)
    assert done.returncode == direct.returncode != 0
    assert "failed to reproduce 'nothing'" in done.stderr


def test_without_dvc_the_run_says_how_to_get_it():
    with pytest.raises(FacepointsError, match=r"^no-such-dvc: no such command\. Install it beside"):
        dvc.become(["no-such-dvc", "exp", "run"])


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("w300-bast",), "error: there is no recipe 'w300-bast' in recipes/. Near are: w300-best"),
        (("w300-best", "-S", "train.epoch=3"), "error: -S: params.yaml has no key train.epoch"),
        (("w300-best", "-S", "train.epochs"), "error: -S train.epochs: expected KEY=VALUE"),
        (
            ("w300-best", "-S", "models=[resnet19]"),
            "error: params.yaml cannot be what recipes/w300-best.yaml -S 'models=[resnet19]' would "
            "make of it:\nparams.yaml: models: 'resnet19' is defined nowhere",
        ),
        (("old",), "error: recipes/old.yaml: overrides: params.yaml has no key cache.size (near"),
        (("odd",), "recipes/odd.yaml would make of it:\nparams.yaml: cache.box: must be 'landm"),
    ],
)
def test_what_is_wrong_is_told_before_anything_starts(words, message):
    for name, line in (("old", "cache.size: 224"), ("odd", "cache.box: eyes")):
        text = f"title: A\nabout: B\noverrides:\n  {line}\n"
        Path(f"recipes/{name}.yaml").write_text(text)
    before = Path("params.yaml").read_text()
    done = call("run", *words)
    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stdout == ""
    assert Path("params.yaml").read_text() == before
