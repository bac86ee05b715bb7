"""Every set and every format of one's own through its stages, in its official layout."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from facepoints import FacepointsError
from stages import cache, download, evaluate, split, start, train
from tests.layouts import (
    coco,
    cofw68,
    dlib,
    drawn,
    face_synthetics,
    muct,
    pts,
    table,
    w300,
    wflw,
    youtube_faces,
)
from tests.stages.conftest import tiny

ROOT = Path(__file__).parent.parent.parent
PUBLIC = {
    "muct": muct,
    "w300": w300,
    "wflw": wflw,
    "youtube_faces": youtube_faces,
    "face_synthetics": face_synthetics,
    "cofw68": cofw68,
}
OWN = {"csv": table, "pts": pts, "coco": coco, "dlib": dlib}
SMALLEST_SCHEME = "name: mine\npoints: 68\n"


@pytest.fixture(scope="module")
def photos() -> list[drawn.Drawn]:
    return drawn.faces(48, 128)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with this project's sources and tiny parameters, the working directory of the stages."""
    shutil.copytree(ROOT / "sources", tmp_path / "sources")
    monkeypatch.setenv("FACEPOINTS_DATA", str(tmp_path / "copies"))
    (tmp_path / "copies").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(format: str, **changes: object) -> str:
    """Write params.yaml with a set of this format; its name."""
    params = tiny(yaml.safe_load((ROOT / "params.yaml").read_text()))
    params["split"].update(test=0.3, validation=0.5)  # of few groups
    params["train"]["batch_size"] = 4
    params["evaluate"]["exported"] = False  # export is the same for all formats, and takes its time
    if format in OWN:
        empty = {"digest": None, "faces": None, "options": {}}
        params["dataset"]["mine"] = {"format": format, "scheme": "ibug68", "test": "hash", **empty}
    name = "mine" if format in OWN else format
    params["dataset"][name].update(test="hash", **changes)
    Path("params.yaml").write_text(yaml.safe_dump(params))
    return name


def prepare(name: str) -> None:
    download.main(name)
    cache.main(name)
    split.main(name)


def learn(name: str) -> str:
    """Train a cell on the set; its name."""
    cell = f"{name}-mobilenet_v3_small-none-all-0"
    start.main("mobilenet_v3_small")
    train.main(cell)
    return cell


def metrics(name: str, cell: str) -> dict:
    evaluate.main(name, cell)
    return json.loads(Path(f"results/evaluate/{name}/{cell}.json").read_text())


def folder(name: str) -> str:
    return yaml.safe_load(Path(f"sources/{name}/source.yaml").read_text())["folder"]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_set_runs_through_all_stages(name, photos, project):
    PUBLIC[name].write(project / "copies" / folder(name), photos)
    changes = {"faces": 20} if name == "face_synthetics" else {}
    configure(name, **changes)
    prepare(name)
    found = metrics(name, learn(name))
    assert found["faces"] > 3
    assert 0 < found["nme"] < 100
    assert Path(f"data/sheets/{name}.jpg").stat().st_size > 5000


@pytest.mark.parametrize("format", OWN)
def test_a_set_of_one_s_own_runs_through_all_stages(format, photos, project):
    OWN[format].write(project / "sources" / "mine", photos)
    (project / "sources" / "mine" / "mine.yaml").write_text(SMALLEST_SCHEME)
    prepare(configure(format, scheme="mine.yaml"))
    found = metrics("mine", learn("mine"))
    assert found["faces"] > 3
    assert found["normaliser"] == "box"
    assert 0 < found["nme"] < 100


def test_a_link_to_one_s_own_folder_serves_as_well(photos, project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "faces"
    table.write(elsewhere, photos)
    (project / "sources" / "mine").symlink_to(elsewhere, target_is_directory=True)
    prepare(configure("csv"))
    assert Path("data/splits/mine.csv").read_text().count("\n") == len(photos) + 1


def test_a_model_of_one_set_is_scored_on_every_other(photos, project):
    sets = {name: layout for name, layout in PUBLIC.items() if name != "face_synthetics"}
    for name, layout in sets.items():
        layout.write(project / "copies" / folder(name), photos)
    for name in sets:
        configure(name)
        prepare(name)
    cell = learn("w300")
    reached = {name: metrics(name, cell) for name in sets}
    for name, found in reached.items():
        assert 0 < found["nme"] < 100, name
    assert reached["w300"]["points"] == "all 68"
    assert "68" in reached["wflw"]["points"]
    assert "nose_tip" in reached["muct"]["points"]


def test_what_the_set_lacks_is_said(photos, project):
    with pytest.raises(FacepointsError, match="sources/mine"):
        download.main(configure("csv"))
    table.write(project / "sources" / "mine", photos)
    download.main(configure("csv", scheme="other.yaml"))
    with pytest.raises(FacepointsError, match=r"data/raw/mine/other\.yaml: .*cannot be read"):
        cache.main("mine")
