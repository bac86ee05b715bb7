from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from facepoints.cli.main import app
from facepoints.schemes.library import FOLDER, load, names


def draw(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["scheme", "draw", *map(str, arguments)])
    return result.exit_code, result.output


@pytest.mark.parametrize("name", names())
def test_a_known_scheme_is_drawn(name: str, tmp_path: Path) -> None:
    out = tmp_path / "pictures" / "scheme.png"
    assert draw(name, "--out", out) == (0, f"{out}: {name}, {load(name).points} points\n")
    image = cv2.imread(str(out))
    assert min(image.shape[:2]) > 1000
    first = out.read_bytes()
    draw(name, "--out", out)
    assert out.read_bytes() == first


def test_the_picture_stands_here_under_the_scheme_s_name_and_what_lacks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.yaml").write_text("name: five\npoints: 3\nshape: [[0, 0], [4, 0], [2, 3]]\n")
    code, said = draw("own.yaml")
    assert code == 0
    assert said.startswith("five.png: five, 3 points\nNo mirror: no flip augmentation")
    dark = (cv2.imread("five.png") < 128).all(axis=2)
    assert 500 < np.count_nonzero(dark) < 20_000  # dots, indices and sentences on white


def test_a_scheme_without_a_shape_takes_a_data_set_s_mean_face(
    store_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (FOLDER / "ibug68.yaml").read_text()
    (tmp_path / "own.yaml").write_text(text[: text.index("shape:")])
    code, said = draw("own.yaml")
    assert code == 1
    assert "ibug68 does not say where its points lie. Add shape (a list of 68 pairs" in said
    assert not list(tmp_path.glob("*.png"))
    Path("data/cache").mkdir(parents=True)
    Path("data/cache/drawn").symlink_to(store_folder)
    assert draw("own.yaml", "--from", "drawn")[0] == 0
    assert Path("ibug68.png").is_file()
    code, said = draw("muct76", "--from", "drawn")
    assert code == 1
    assert "its faces have 68 points (scheme ibug68), but scheme muct76 has 76" in said
    assert "no crop store here" in draw("ibug68", "--from", "none")[1]


def test_a_wrong_name_or_picture_is_refused(tmp_path: Path) -> None:
    assert draw("ibug")[0] == 1
    assert "Known: ibug68" in draw("ibug")[1]
    assert "expected a name that ends in .png" in draw("ibug68", "--out", tmp_path / "a.jpg")[1]
