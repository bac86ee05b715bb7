"""Every recipe from its one command to its metrics, shortened to a minute or two.

Recipe after recipe runs in one project, as a user does it: what one leaves in params.yaml must not spoil the next.
"""

import json
import math
import shlex
from pathlib import Path

import pytest

from facepoints import parameters, recipe
from facepoints.report.selection import cells
from facepoints.report.summary import short_name
from tests.layouts import drawn, face_synthetics, w300, wflw
from tests.stages.conftest import Clone, make_clone

ROOT = Path(__file__).parent.parent.parent
SIDE = 64  # of views and of what most nets see
SHORT = (
    f"cache.side={SIDE}",
    "train.epochs=1",
    "train.batch_size=16",
    "train.threads=1",  # another test runs beside it
    "evaluate.threads=1",
    "evaluate.exported=false",  # tests/stages/test_real.py scores what is exported
    "export.int8=false",
)
FACES = 144

# Of some thousand real faces, which big nets need minutes for.
FEW = ("split.test=0.05", "split.validation=0.05")
REAL = {
    "muct-resnet50-sigmoid": FEW,
    "youtube-custom-cnn": FEW,
    "w300-heads": ("dataset.w300.test=hash", *FEW),
    "w300-best": ("dataset.w300.test=hash", *FEW),
    "muct-best": FEW,
}
PRETRAINED = "facekit-pretrain"
STARTED = {"w300-from-facekit": ("dataset.w300.test=hash", *FEW), "muct-from-facekit": FEW}
DRAWN = {
    "facesynthetics-grid": (
        f"dataset.face_synthetics.faces={FACES}",
        "augmentations=[occlusion_translation]",
    ),
    "wflw-resnet50-wing": (),
    "wflw-best": (),
}


@pytest.fixture(scope="module")
def drawings(tmp_path_factory) -> Path:
    """Drawn faces in the layouts of whole official sets."""
    folder = tmp_path_factory.mktemp("copies")
    photos = drawn.faces(FACES, 96)
    face_synthetics.write(folder / "face_synthetics", photos)
    w300.write(folder / "300w", photos, official=True)
    wflw.write(folder / "wflw", photos, official=True)
    return folder


@pytest.fixture(scope="module")
def real_project(tmp_path_factory) -> Clone:
    return make_clone(tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def drawn_project(tmp_path_factory) -> Clone:
    return make_clone(tmp_path_factory.mktemp("drawn"))


def shortened(name: str, own: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Own changes that make a recipe quick, and make it do without a network; `own` of them wins."""
    monkeypatch.chdir(ROOT)
    changes = [*SHORT, "train_sizes=[64]"]
    for model in recipe.read(name).overrides["models"]:
        if model != "custom_cnn":  # whose input cannot be another
            changes += [f"model.{model}.input={SIDE}", f"model.{model}.freeze=false"]
            changes += [f"model.{model}.weights=none"] if name not in STARTED else []
    return [*changes, *own]


def check(name: str, own: list[str], project: Clone, data: Path) -> None:
    """Run a recipe; see that its printed command is what ran, and that every cell is whole."""
    options = [word for change in own for word in ("-S", change)]
    done = project.run("facepoints", "recipe", "run", name, *options, FACEPOINTS_DATA=str(data))
    command = shlex.split(done.stdout.splitlines()[0])
    assert command[:3] == ["dvc", "exp", "run"]
    params = parameters.read(project.folder / "params.yaml")
    printed = dict(map(recipe.change, command[4::2]))
    assert recipe.changed(params, printed, name) == params
    overrides = recipe.read(name).overrides
    assert printed == {**overrides, **dict(map(recipe.change, own))}
    selected = cells(params)
    assert selected
    for cell in selected:
        assert (project.folder / f"models/{cell.name}/model.onnx").stat().st_size > 100_000
        for dataset in params["datasets"]:
            path = project.folder / f"results/evaluate/{dataset}/{cell.name}.json"
            metrics = json.loads(path.read_text())
            assert metrics["faces"] > 20
            assert metrics["nme"] > 0 and math.isfinite(metrics["nme"])
    summary = json.loads((project.folder / "metrics/summary.json").read_text())
    for dataset in params["datasets"]:
        assert set(summary[dataset]) >= {short_name(cell, dataset) for cell in selected}


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_a_recipe_runs_on_real_faces(name, real_project, copies, monkeypatch):
    check(name, shortened(name, REAL[name], monkeypatch), real_project, copies)


@pytest.mark.slow
@pytest.mark.parametrize("name", DRAWN)
def test_a_recipe_runs_on_drawn_faces_in_the_official_layout(
    name, drawn_project, drawings, monkeypatch
):
    check(name, shortened(name, DRAWN[name], monkeypatch), drawn_project, drawings)


@pytest.mark.real
@pytest.mark.slow
def test_recipes_that_start_from_rendered_faces(real_project, copies, monkeypatch):
    own = ("dataset.facekit.options.faces=144", "dataset.facekit.options.side=96")
    check(PRETRAINED, shortened(PRETRAINED, own, monkeypatch), real_project, copies)
    cell = "facekit-resnet18_heatmap-strong-64-0"
    real_project.run("facepoints", "weights", "keep", cell, "facekit_resnet18")
    real_project.run("git", "add", "weights")
    real_project.run("git", "commit", "-qm", "Kept weights")
    for name in STARTED:
        check(name, shortened(name, STARTED[name], monkeypatch), real_project, copies)
        started = f"{name.split('-')[0]}-resnet18_heatmap_facekit-strong-64-0"
        card = json.loads((real_project.folder / f"models/{started}/card.json").read_text())
        assert card["training"]["starts_from"]["cell"] == cell


def test_every_recipe_is_run():
    assert {*REAL, *DRAWN, *STARTED, PRETRAINED} == {
        path.stem for path in (ROOT / "recipes").glob("*.yaml")
    }
