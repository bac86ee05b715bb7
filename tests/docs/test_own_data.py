"""The examples of docs/own-data.md are read as a user's files, and its commands are replayed."""

import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml

from facepoints.datasets.face import Face
from facepoints.datasets.library import open_set
from facepoints.datasets.options import OwnOptions
from facepoints.datasets.settings import OPTIONS
from facepoints.experiment import check
from facepoints.parameters import read
from facepoints.schemes.library import load
from tests.docs.replay import ROOT, replay, text
from tests.layouts import drawn, table

PAGE = text("own-data.md")
EXAMPLE = re.compile(r"`sources/mine/(\S+)`:\n\n```\w*\n(.*?)```", re.DOTALL)
BLOCK = re.compile(r"^   ```yaml\n(.*?)^   ```", re.DOTALL | re.MULTILINE)
OWN = ("csv", "pts", "coco", "dlib")


def section(title: str) -> str:
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return found


def put(root: Path, title: str) -> None:
    """Write the files that a section shows, and the photo that they name."""
    for name, content in EXAMPLE.findall(section(title)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8")
    (root / "photos").mkdir(exist_ok=True)
    assert cv2.imwrite(str(root / "photos/anna.jpg"), np.zeros((300, 300, 3), np.uint8))


def faces(root: Path, format: str, scheme: str = "mine.yaml") -> list[Face]:
    put(root, "What the points mean")
    put(root, format)
    opened = open_set(format, root, load(scheme, root), {})
    found = list(opened.faces())
    assert opened.image(found[0]).shape == (300, 300, 3)
    return found


@pytest.mark.parametrize("scheme", ["mine.yaml", "full.yaml"])
@pytest.mark.parametrize("format", OWN)
def test_each_example_tells_the_same_face(format: str, scheme: str, tmp_path: Path) -> None:
    face = faces(tmp_path, format, scheme)[0]
    assert face.image == "photos/anna.jpg"
    np.testing.assert_array_equal(
        face.landmarks, [[120, 151], [180, 150], [150.5, 190], [152, 240]]
    )
    if format != "pts":
        np.testing.assert_array_equal(face.box, [99.5, 119.5, 199.5, 259.5])


def test_the_table_s_second_row(tmp_path: Path) -> None:
    anna, otto = faces(tmp_path, "csv")
    assert [(face.group, face.split) for face in (anna, otto)] == [
        ("anna", "train"),
        ("otto", "test"),
    ]
    assert otto.labelled.tolist() == [True, True, False, True]
    assert otto.occlusion.tolist() == [1, 0, -1, 1]
    assert otto.box is None


def test_the_full_scheme_lacks_nothing(tmp_path: Path) -> None:
    put(tmp_path, "What the points mean")
    assert load("full.yaml", tmp_path).missing() == []
    assert load("mine.yaml", tmp_path).missing() != []


@pytest.mark.parametrize("format", OWN)
def test_the_block_fits_params_yaml(format: str) -> None:
    (block,) = BLOCK.findall(PAGE)
    params: dict[str, Any] = read(ROOT / "params.yaml")
    mine = yaml.safe_load(block)["mine"]
    assert mine["format"] == "csv"
    params["dataset"]["mine"] = {**mine, "format": format}
    params.update(datasets=["mine"], train_on=["mine"], models=["resnet18"], augmentations=["none"])
    check(params)


@pytest.mark.parametrize("format", OWN)
def test_every_option_is_told(format: str) -> None:
    common = set(OwnOptions.model_fields)
    told = set(re.findall(r"^\| `(\w+)` \|", section(format), re.MULTILINE))
    assert told == set(OPTIONS[format].model_fields) - common
    told = set(re.findall(r"^\| `(\w+)` \|", section("Options of all four"), re.MULTILINE))
    assert told == common


@pytest.mark.slow
def test_the_page_s_commands_train_on_own_faces(clone):
    """Drawn faces with four points each, in place of photos."""
    shown = [drawn.Drawn(face.image, face.points[[36, 45, 30, 8]]) for face in drawn.faces(48, 64)]
    mine = clone.folder / "sources/mine"
    table.write(mine, shown)
    (scheme,) = (each for name, each in EXAMPLE.findall(PAGE) if name == "mine.yaml")
    (mine / "mine.yaml").write_text(scheme, "utf-8")
    (block,) = BLOCK.findall(PAGE)
    params = clone.params()
    params["dataset"].update(yaml.safe_load(block))
    clone.write_params(params)

    replay("own-data.md", clone, {"models=[resnet18]": "models=[mobilenet_v3_small]"})
    model = "mine-mobilenet_v3_small-none-all-0"
    assert (clone.folder / f"models/{model}/model.onnx").is_file()
    assert (clone.folder / "data/sheets/mine.jpg").is_file()
    assert (clone.folder / "sources/mine.dvc").is_file()
