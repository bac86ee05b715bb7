"""`facepoints weights keep` with the true git and dvc, on a small net."""

import json
import shutil
import subprocess

import pytest
import torch
import yaml
from safetensors import safe_open

from facepoints.models import weights
from facepoints.models.model import LandmarkModel
from facepoints.schemes.library import load
from tests.cli.conftest import ROOT
from tests.models.examples import settings
from tests.stages.conftest import Clone

CELL = "synthetic-small-none-all-0"
OTHER = "mine-small-none-all-0"
SETTINGS = settings("mobilenet_v3_small", 64)


def train(root, crop, cell=CELL, seed=0, origin=None):
    """What training would leave."""
    torch.manual_seed(seed)
    net = LandmarkModel(SETTINGS, torch.rand(68, 2), 64)
    path = root / "models" / cell / "model.safetensors"
    weights.write_trained(path, net.state_dict(), load("ibug68"), crop, SETTINGS, origin)
    return path


@pytest.fixture
def here(project, crop_settings):
    """The project as a repository, with a trained cell."""
    (project.root / "weights").mkdir()
    shutil.copy(ROOT / "weights/kept.yaml", project.root / "weights")
    shutil.copy(ROOT / ".gitignore", project.root)
    shutil.copytree(
        ROOT / ".dvc", project.root / ".dvc", ignore=shutil.ignore_patterns("cache", "tmp")
    )
    clone = Clone(project.root)
    clone.start()
    clone.commit("a project")
    train(project.root, crop_settings)
    return project


def kept(project):
    return yaml.safe_load((project.root / "weights/kept.yaml").read_text())


def refused(project, *words):
    done = project.run("weights", "keep", *words)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    return done.stderr


def test_a_cell_is_kept_whole_with_its_note_and_comes_back_from_a_remote(here, tmp_path_factory):
    done = here.run("weights", "keep", CELL, "drawn")
    assert done.exit_code == 0, done.output
    assert "learned from synthetic: none needed; every picture is drawn" in done.stdout
    found, about = weights.read(here.root / "weights/drawn.safetensors")
    trained, before = weights.read(here.root / f"models/{CELL}/model.safetensors")
    assert all(torch.equal(found[name], trained[name]) for name in trained)
    assert about == {
        **before,
        "kept": {
            "name": "drawn",
            "cell": CELL,
            "data_set": "synthetic",
            "licence": "none needed; every picture is drawn by this project's own code",
            "backbone": "mobilenet_v3_small",
        },
    }
    assert kept(here)["drawn"]["cell"] == CELL

    clone, folder = Clone(here.root), tmp_path_factory.mktemp("elsewhere")
    assert clone.run("git", "status", "--short").stdout.splitlines() == [
        "A  weights/drawn.safetensors.dvc",
        " M weights/kept.yaml",
    ]
    clone.commit("kept")
    clone.run("dvc", "remote", "add", "-d", "shared", str(folder / "remote"))
    clone.commit("a remote")
    clone.run("dvc", "push")
    subprocess.run(["git", "clone", "-q", here.root, folder / "fresh"], check=True)
    fresh = Clone(folder / "fresh")
    path = fresh.folder / "weights/drawn.safetensors"
    assert not path.exists()
    fresh.run("dvc", "pull", "weights/drawn.safetensors")  # as the start stage says
    assert path.read_bytes() == (here.root / "weights/drawn.safetensors").read_bytes()


def test_a_name_that_is_taken_is_replaced_by_force_alone(here, crop_settings):
    assert here.run("weights", "keep", CELL, "drawn").exit_code == 0
    first = kept(here)["drawn"]
    train(here.root, crop_settings, seed=1)
    assert f"drawn: weights of {CELL} are kept under this name" in refused(here, CELL, "drawn")
    assert kept(here)["drawn"] == first
    assert here.run("weights", "keep", "--force", CELL, "drawn").exit_code == 0
    assert kept(here)["drawn"]["sha256"] != first["sha256"]
    assert Clone(here.root).run("dvc", "status").stdout.endswith("up to date.\n")


def test_what_the_cell_itself_had_started_from_stays_in_the_note(here, crop_settings):
    origin = {"name": "drawn", "cell": CELL, "licence": "free"}
    train(here.root, crop_settings, OTHER, origin=origin)
    assert here.run("weights", "keep", OTHER, "own").exit_code == 0
    with safe_open(here.root / "weights/own.safetensors", framework="pt") as file:
        assert f'"starts_from": {json.dumps(origin)}' in file.metadata()["facepoints"]
    terms = kept(here)["own"]["licence"]
    assert terms.startswith("own data: ")
    assert terms.endswith(f"; started from {CELL} (licence: free)")


@pytest.mark.parametrize("name", ["none", "imagenet", "Drawn", "1st", "a-b", "../a", ""])
def test_a_wrong_name_is_refused(here, name):
    assert "cannot be a name of kept weights" in refused(here, CELL, name)


def test_a_cell_that_is_not_here_is_told_with_those_that_are(here):
    told = refused(here, "synthetic-large-none-all-0", "drawn")
    assert f"(here: {CELL})" in told
    assert "`dvc repro train`" in told
    assert "`dvc pull train`" in told


def test_weights_of_an_older_facepoints_are_refused(here):
    path = here.root / f"models/{CELL}/model.safetensors"
    weights.write(path, {"mean_shape": torch.rand(68, 2)}, {"scheme": "", "crop": {}})
    assert "does not say of which model it is" in refused(here, CELL, "drawn")


def test_outside_of_a_project_one_message_says_so(tmp_path, project, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "Run from the project's root" in refused(project, CELL, "drawn")
