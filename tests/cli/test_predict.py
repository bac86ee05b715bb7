import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image
from typer.testing import CliRunner

from facepoints.cli.main import app
from facepoints.datasets.pts import read_pts
from tests.layouts import drawn

SIDE = 192
FACE = 7  # of the embedded set: the Haar cascade finds it
NEAR = 0.25  # of the eyes' distance; what is tested is the place, not the model


@pytest.fixture(scope="module")
def face():
    return drawn.faces(FACE + 1, SIDE)[FACE]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*command: object):
    done = CliRunner().invoke(app, ["predict", *map(str, command)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def table(path: str = "out/landmarks.csv") -> list[dict[str, str]]:
    with Path(path).open() as file:
        return list(csv.DictReader(file))


def points(row: dict[str, str]) -> np.ndarray:
    return np.array([[float(row[f"x{i}"]), float(row[f"y{i}"])] for i in range(68)])


def error(found: np.ndarray, face) -> float:
    """Mean distance in units of the eyes' distance."""
    eyes = np.linalg.norm(face.points[36] - face.points[45])
    return float(np.linalg.norm(found - face.points, axis=1).mean() / eyes)


def test_pictures_and_numbers_are_written(drawn_model, face, here):
    face.save(here / "one.png")
    done = run(drawn_model, "one.png", "--out", "out")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "one.png: 1 face → out/one.jpg",
        "out/landmarks.csv: 1 rows",
    ]
    (row,) = table()
    assert list(row)[:10] == [
        *("image", "face", "score", "box_x0", "box_y0", "box_x1", "box_y1"),
        *("yaw", "pitch", "roll"),
    ]
    assert (row["image"], row["face"]) == ("one.png", "1")
    assert 0.5 <= float(row["score"]) <= 1
    assert error(points(row), face) < NEAR
    before, after = cv2.imread("one.png").astype(int), cv2.imread("out/one.jpg").astype(int)
    assert after.shape == before.shape
    x, y = np.rint(points(row)[30]).astype(int)
    assert np.abs(after - before)[y - 1 : y + 2, x - 1 : x + 2].max() > 60
    assert np.abs(after - before)[:8].max() < 60


def test_json_says_the_same_as_csv(drawn_model, face, here):
    face.save(here / "one.png")
    run(drawn_model, "one.png", "--out", "out")
    assert run(drawn_model, "one.png", "--out", "out", "--format", "json").exit_code == 0
    content = json.loads(Path("out/landmarks.json").read_text())
    assert content["scheme"] == "ibug68"
    (row,), (found,) = table(), content["faces"]
    np.testing.assert_array_equal(points(row), found["points"])
    assert float(row["yaw"]) == found["yaw"]


def test_pts_files_are_read_back_by_the_format_of_own_data(drawn_model, face, here):
    face.save(here / "one.png")
    run(drawn_model, "one.png", "--out", "out")
    assert run(drawn_model, "one.png", "--out", "out", "--format", "pts").exit_code == 0
    np.testing.assert_allclose(read_pts(Path("out/one_1.pts"), 68), points(table()[0]), atol=2e-3)


@pytest.mark.parametrize("kind", ["grey", "rgba", "16 bits", "16 bits grey"])
def test_every_kind_of_pixel_gives_the_same_points(drawn_model, face, kind):
    grey = cv2.cvtColor(face.image, cv2.COLOR_RGB2GRAY)
    bgr = cv2.cvtColor(face.image, cv2.COLOR_RGB2BGR)
    plain = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR) if "grey" in kind else bgr
    alpha = np.full((SIDE, SIDE, 1), 255, np.uint8)
    images = {
        "grey": grey,
        "rgba": np.concatenate([bgr, alpha], axis=2),
        "16 bits": bgr.astype(np.uint16) * 257,
        "16 bits grey": grey.astype(np.uint16) * 257,
    }
    assert cv2.imwrite("plain.png", plain)
    assert cv2.imwrite("other.png", images[kind])
    assert cv2.imread("other.png", cv2.IMREAD_UNCHANGED).dtype == images[kind].dtype
    # Not by a detector, nor with the small model's opinion of whether a grey face is one.
    box = ",".join(f"{at:.1f}" for at in (*face.points.min(axis=0), *face.points.max(axis=0)))
    Path("boxes.csv").write_text(f"image,x0,y0,x1,y1\nplain.png,{box}\nother.png,{box}\n")
    command = (drawn_model, "plain.png", "other.png", "--out", "out", "--boxes", "boxes.csv")
    assert run(*command).exit_code == 0
    one, other = table()
    np.testing.assert_allclose(points(other), points(one), atol=0.01)


@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_exif_is_applied_points_lie_in_the_upright_picture(drawn_model, face, orientation):
    upright = np.zeros((SIDE, SIDE + 40, 3), np.uint8)
    upright[:, :SIDE] = face.image
    # How the camera held it stores the picture: what the tag says undoes it.
    stored = {
        2: upright[:, ::-1],
        3: np.rot90(upright, 2),
        6: np.rot90(upright),
        8: np.rot90(upright, 3),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored[orientation])).save(
        "turned.jpg", quality=95, exif=exif
    )
    assert run(drawn_model, "turned.jpg", "--out", "out").exit_code == 0
    (row,) = table()
    assert error(points(row), face) < NEAR
    assert Image.open("out/turned.jpg").size == (SIDE + 40, SIDE)
    assert 0x0112 not in Image.open("out/turned.jpg").getexif()


def test_no_face_is_said_and_no_error(drawn_model):
    cv2.imwrite("sky.png", np.full((90, 120, 3), 200, np.uint8))
    cv2.imwrite("dot.png", np.full((1, 1, 3), 200, np.uint8))
    done = run(drawn_model, "sky.png", "dot.png", "--out", "out")
    assert done.exit_code == 0
    assert "sky.png: no face → out/sky.jpg" in done.stdout
    assert "dot.png: no face → out/dot.jpg" in done.stdout
    assert table() == []
    assert cv2.imread("out/dot.jpg").shape == (1, 1, 3)


def test_forty_faces_on_one_picture(drawn_model, face):
    tile = face.image[10:182, 10:182]
    cv2.imwrite("crowd.png", cv2.cvtColor(np.tile(tile, (5, 8, 1)), cv2.COLOR_RGB2BGR))
    with Path("boxes.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("image", "x0", "y0", "x1", "y1"))
        low, high = face.points.min(axis=0) - 10, face.points.max(axis=0) - 10
        for index in range(40):
            at = np.array([index % 8, index // 8]) * 172
            writer.writerow(("crowd.png", *(low + at).tolist(), *(high + at).tolist()))
    done = run(drawn_model, "crowd.png", "--out", "out", "--boxes", "boxes.csv")
    assert "crowd.png: 40 faces" in done.stdout
    rows = table()
    assert [int(row["face"]) for row in rows] == list(range(1, 41))
    for index, row in enumerate(rows):
        at = np.array([index % 8, index // 8]) * 172
        assert error(points(row) - at + 10, face) < NEAR
    # The detector finds nearly all of them, too, small as they are.
    run(drawn_model, "crowd.png", "--out", "out")
    assert 36 <= len(table()) <= 40


def test_unreadable_images_are_named_and_the_others_go_on(drawn_model, here, face):
    face.save(here / "good.jpg")
    data = Path("good.jpg").read_bytes()
    Path("half.jpg").write_bytes(data[: len(data) // 2])
    Path("text.png").write_text("no image")
    Path("empty.png").touch()
    done = run(
        drawn_model, "half.jpg", "text.png", "empty.png", "gone.jpg", "good.jpg", "--out", "out"
    )
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "error: half.jpg: truncated, the end of the image is missing. Fetch the file again.",
        "error: text.png: no image that can be decoded. Fetch the file again.",
        "error: empty.png: an empty file. Fetch the file again.",
        "error: gone.jpg: cannot be read (No such file or directory).",
        "error: 4 of 5 images could not be read; see above.",
    ]
    assert "good.jpg: 1 face" in done.stdout
    assert [row["image"] for row in table()] == ["good.jpg"]


def test_folders_keep_their_subfolders_and_names_that_collide_get_numbers(drawn_model, here, face):
    for name in ("photos/a/x.png", "photos/b/x.png", "photos/b/x.jpg", "other/x.png", "x.png"):
        face.save(here / name)
    done = run(drawn_model, "photos", "other", "x.png", "--out", "photos/out")
    assert done.exit_code == 0
    lines = [line.split(": 1 face → ") for line in done.stdout.splitlines()[:-1]]
    assert lines == [
        ["photos/a/x.png", "photos/out/a/x.jpg"],
        ["photos/b/x.jpg", "photos/out/b/x.jpg"],
        ["photos/b/x.png", "photos/out/b/x-2.jpg"],
        ["other/x.png", "photos/out/x.jpg"],
        ["x.png", "photos/out/x-2.jpg"],
    ]
    # The second time it does not look at what it has written itself.
    assert run(drawn_model, "photos", "--out", "photos/out").stdout.count("1 face") == 3


def test_no_image_is_written_over(drawn_model, here, face):
    face.save(here / "x.jpg")
    before = Path("x.jpg").read_bytes()
    assert "x.jpg: 1 face → x-2.jpg" in run(drawn_model, "x.jpg", "--out", ".").stdout
    assert Path("x.jpg").read_bytes() == before
    face.save(here / "photos/x.jpg")
    done = run(drawn_model, "photos", "--out", "photos")
    assert done.exit_code == 1
    assert "is the folder of the images" in done.stderr
    Path("out").mkdir()
    Path("out/landmarks.csv").write_text("image,x0,y0,x1,y1\nx.jpg,1,1,90,90\n")
    done = run(drawn_model, "x.jpg", "--out", "out", "--boxes", "out/landmarks.csv")
    assert done.exit_code == 1
    assert "would be written over" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("image,x0,y0,x1\n", "boxes.csv: expected the columns image, x0, y0, x1, y1; y1 missing."),
        (
            "image,x0,y0,x1,y1\nx.png,1,2,a,4\n",
            "boxes.csv, line 2: expected numbers as x0, y0, x1, y1.",
        ),
        ("image,x0,y0,x1,y1\ny.png,1,2,3,4\n", "boxes.csv, line 2: y.png is not among the images"),
        ("image,x0,y0,x1,y1\nx.png,9,2,3,4\n", "box [9.0, 2.0, 3.0, 4.0] has no area"),
        ("\0", "boxes.csv"),
    ],
)
def test_wrong_boxes_are_told(drawn_model, here, face, content, message):
    face.save(here / "x.png")
    Path("boxes.csv").write_text(content)
    done = run(drawn_model, "x.png", "--out", "out", "--boxes", "boxes.csv")
    assert done.exit_code == 1
    assert message in done.stderr


def test_a_model_is_given_by_file_folder_or_name(drawn_model, here, face):
    face.save(here / "x.png")
    folder = Path("models/mine-net-none-all-0")
    folder.mkdir(parents=True)
    (folder / "model.onnx").symlink_to(drawn_model)
    for given in (folder / "model.onnx", folder, folder.name):
        assert run(given, "x.png", "--out", "out").exit_code == 0
    done = run("other-net-none-all-0", "x.png", "--out", "out")
    assert done.exit_code == 1
    assert "here: mine-net-none-all-0" in done.stderr
    assert "dvc repro export" in done.stderr


def test_an_onnx_file_of_others_is_told(here, face):
    face.save(here / "x.png")
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    other = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "g", [value], [other])
    opset = [helper.make_opsetid("", 18)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), "theirs.onnx")
    Path("garbage.onnx").write_bytes(bytes(range(256)) * 8)
    Path("empty.onnx").touch()
    for name, message in (
        ("theirs.onnx", "theirs.onnx: an ONNX file without a facepoints model card"),
        ("garbage.onnx", "garbage.onnx: no ONNX model that can be read"),
        ("empty.onnx", "empty.onnx: "),
    ):
        done = run(name, "x.png", "--out", "out")
        assert done.exit_code == 1
        assert done.stderr.startswith(f"error: {message}")
        assert len(done.stderr.splitlines()) == 1
    done = run("theirs.onnx", "x.png", "--out", "out", "--detector", "none.onnx")
    assert "none.onnx: no such file. Expected YuNet's" in done.stderr


@pytest.mark.slow
def test_an_image_of_a_hundred_megapixels(drawn_model, face):
    side = 10_000
    image = np.full((side, side, 3), 128, np.uint8)
    large = cv2.resize(face.image, (4000, 4000), interpolation=cv2.INTER_CUBIC)
    image[3000:7000, 5000:9000] = cv2.cvtColor(large, cv2.COLOR_RGB2BGR)
    cv2.imwrite("large.jpg", image)
    code = (
        "import resource, sys; from facepoints.cli.main import app\n"
        "try: app()\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "predict", str(drawn_model), "large.jpg", "--out", "out"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "large.jpg: 1 face" in done.stdout
    assert int(done.stdout.split()[-1]) < 2_000_000  # kB
    scale, (row,) = 4000 / SIDE, table()
    found = ((points(row) - (5000, 3000)) + 0.5) / scale - 0.5
    assert error(found, face) < NEAR


def test_a_very_long_image_is_no_error(drawn_model, face):
    image = np.full((300, 40_000, 3), 128, np.uint8)
    image[50 : 50 + SIDE, 39_000 : 39_000 + SIDE] = cv2.cvtColor(face.image, cv2.COLOR_RGB2BGR)
    cv2.imwrite("long.png", image)
    low, high = face.points.min(axis=0), face.points.max(axis=0)
    corners = [*(low + (39_000, 50)).tolist(), *(high + (39_000, 50)).tolist()]
    Path("boxes.csv").write_text(
        "image,x0,y0,x1,y1\nlong.png," + ",".join(map(str, corners)) + "\n"
    )
    done = run(drawn_model, "long.png", "--out", "out", "--boxes", "boxes.csv")
    assert done.exit_code == 0, done.output
    assert error(points(table()[0]) - (39_000, 50), face) < NEAR


def test_only_base_packages_are_used(drawn_model, here, face):  # pydantic is typer's own need
    face.save(here / "x.png")
    code = (
        "import sys; from facepoints.cli.main import app\ntry: app()\nfinally: print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "predict", str(drawn_model), "x.png", "--out", "out"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {
        "torch",
        "pandas",
        "scipy",
        "matplotlib",
        "dvc",
        "jinja2",
        "onnx",
    }


def test_the_table_can_be_read_by_any_reader(drawn_model, here, face):
    face.save(here / "a name, with a comma.png")
    run(drawn_model, "a name, with a comma.png", "--out", "out")
    lines = list(csv.reader(io.StringIO(Path("out/landmarks.csv").read_text())))
    assert lines[1][0] == "a name, with a comma.png"
    assert len(lines[0]) == len(lines[1]) == 10 + 2 * 68
