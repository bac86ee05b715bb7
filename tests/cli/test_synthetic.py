import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from facepoints.cli.main import app
from facepoints.synthetic.facekit.settings import FACTORS

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """A project's root with the shipped params.yaml, and no copies."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FACEPOINTS_DATA", raising=False)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    return tmp_path


def show(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["synthetic", "show", *arguments])
    return result.exit_code, result.output


def test_faces_are_drawn_and_the_picture_s_place_told(folder):
    code, said = show("--faces", "10", "-S", "dataset.synthetic.options.side=64")
    path = folder / ".scratch/synthetic/synthetic.png"
    assert (code, said) == (0, f"{path}: 10 faces of synthetic\n")
    assert cv2.imread(str(path)).shape == (2 * 64, 8 * 64, 3)


def test_the_options_say_which_faces_with_or_without_points_and_where_to():
    small = ("--faces", "2", "-S", "dataset.synthetic.options.side=64")
    for name, more in (("a", ()), ("b", ("--no-points",)), ("c", ("--first", "1"))):
        assert show(*small, *more, "--out", f"{name}.png")[0] == 0
    marked, plain, later = (cv2.imread(f"{name}.png") for name in "abc")
    assert not np.array_equal(marked, plain)
    np.testing.assert_array_equal(marked[:, 64:], later[:, :64])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("muct",), "dataset.muct.format is muct: only faces of synthetic and facekit are drawn"),
        (("nobody",), "params.yaml: key dataset.nobody.format is missing"),
        (("--out", "a.jpg"), "--out a.jpg: expected a name that ends in .png"),
        (
            ("--first", "1999", "--faces", "2"),
            "face 2000 does not exist: the set has 2000, counted from 0",
        ),
        (("-S", "dataset.synthetic.options.hair=1"), "has no key dataset.synthetic.options.hair"),
        (("-S", "dataset.synthetic.options.yaw=100"), "yaw: .*less than or equal to 90"),
        (("--vary", "hair"), "--vary hair: expected each or a factor of a set of format facekit"),
        (
            ("facekit", "--vary", "hair", "-S", "dataset.facekit.options.seed=abc"),
            "params.yaml: dataset.facekit.options.seed: must be a valid integer",
        ),
        (("facekit", "--vary", "tail"), "--vary tail: expected each or a factor of a set"),
        (("facekit",), "data/raw/facekit: the files of facekit are not here. Bring them by `dvc"),
    ],
)
def test_what_cannot_be_drawn_is_told(arguments, message):
    code, said = show(*arguments)
    assert code == 1
    assert re.search(message, said.replace("\n", " ")), said


@pytest.mark.real
def test_the_scanned_head_is_drawn_factor_by_factor(folder, copies, monkeypatch):
    monkeypatch.setenv("FACEPOINTS_DATA", str(copies))
    small = ("-S", "dataset.facekit.options.side=64")
    assert show("facekit", "--faces", "3", *small)[1].endswith("3 faces of facekit\n")
    assert show("facekit", "--vary", "each", "--no-points", *small)[0] == 0
    image = cv2.imread(str(folder / ".scratch/synthetic/facekit.png"))
    assert image.shape == (len(FACTORS) * 64, 8 * 64, 3)
    rows = image.reshape(len(FACTORS), 64, 8, 64, 3).transpose(0, 2, 1, 3, 4).astype(int)
    # Each row starts with the same face, its factor written at the foot, and goes on with others where that shows.
    assert (rows[:, 0, :32] == rows[0, 0, :32]).all()
    varied = {name for name, row in zip(FACTORS, rows, strict=True) if (row[1:] != row[1:2]).any()}
    assert {"identity", "expression", "pose", "skin", "hair", "light", "background"} <= varied
