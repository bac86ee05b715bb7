import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from facepoints.cli.main import app

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def folder(store_folder, tmp_path, monkeypatch) -> Path:
    """A project's root with the shipped params.yaml and the crops of its synthetic set."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    Path("data/cache").mkdir(parents=True)
    Path("data/cache/synthetic").symlink_to(store_folder)
    return tmp_path


def show(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["augment", "show", *map(str, arguments)])
    return result.exit_code, result.output


def test_a_named_set_is_drawn_and_the_picture_s_place_told(folder):
    code, said = show("geometric")
    path = folder / ".scratch/augment/geometric.png"
    assert (code, said) == (0, f"{path}: geometric on synthetic, a face per row, first as it is\n")
    assert cv2.imread(str(path)).shape == (5 * 224, 7 * 224, 3)  # the net's 112 pixels, twice


def test_without_a_name_all_transforms_are_drawn(folder):
    assert show("--side", "32")[0] == 0
    assert cv2.imread(str(folder / ".scratch/augment/strong.png")).shape[0] == 16 * 224


def test_the_options_say_whose_faces_how_large_where_to_and_which_draws(folder):
    Path("data/cache/muct").symlink_to(Path("data/cache/synthetic").readlink())
    pictures = []
    for seed in (0, 0, 1):
        code, said = show(
            "all", "--dataset", "muct", "--side", "64", "--out", "a/b.png", "--seed", str(seed)
        )
        assert (code, said) == (
            0,
            f"{folder / 'a/b.png'}: all on muct, a face per row, first as it is\n",
        )
        pictures.append(cv2.imread("a/b.png"))
    assert pictures[0].shape == (5 * 256, 7 * 256, 3)
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["alle"], "key augmentation.alle is missing (there are: all, geometric, none, "),
        (["all", "--dataset", "mutc"], "--dataset mutc: expected a name under dataset in params"),
        (
            ["all", "--dataset", "wflw"],
            "data/cache/wflw: the crops of wflw are not here. Cut them by `dvc repro cache@wflw`",
        ),
        (["all", "--out", "a.jpg"], "--out a.jpg: expected a name that ends in .png."),
    ],
)
def test_what_cannot_be_drawn_is_told(folder, arguments, message):
    code, said = show(*arguments)
    assert code == 1
    assert said.startswith("error: ")
    assert message in said
    assert not (folder / ".scratch").exists()
