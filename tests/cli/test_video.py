import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from facepoints.cli.main import app
from tests.layouts import drawn
from tests.live import clips

FRAMES = 8


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def clip(here):
    face = drawn.faces(8, 192)[7]
    return clips.write(here / "in.avi", [face.image] * FRAMES)


def run(*command: object):
    done = CliRunner().invoke(app, ["video", *map(str, command)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_a_video_and_its_numbers_are_written(drawn_model, clip):
    done = run(drawn_model, clip, "--out", "out.mp4", "--points", "points.csv", "--boxes")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        f"out.mp4: {FRAMES} frames, 1 face, in {FRAMES} frames; without sound",
        f"points.csv: {FRAMES} rows",
    ]
    assert f"{FRAMES}/{FRAMES}" in done.stderr  # the progress bar
    with Path("points.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["frame"]) for row in rows] == list(range(FRAMES))
    assert {row["face"] for row in rows} == {"1"}
    before, after = clips.read(clip), clips.read(Path("out.mp4"))
    for one, other, row in zip(before, after, rows, strict=True):
        x, y = round(float(row["x30"])), round(float(row["y30"]))
        assert np.abs(one.astype(int) - other)[y - 2 : y + 3, x - 2 : x + 3].max() > 60


def test_without_smoothing_the_points_are_the_model_s(drawn_model, clip):
    for name, option in (("smooth.json", "--smoothing"), ("plain.json", "--no-smoothing")):
        assert run(drawn_model, clip, "--out", "out.mp4", "--points", name, option).exit_code == 0
    smooth, plain = (
        json.loads(Path(name).read_text())["faces"] for name in ("smooth.json", "plain.json")
    )
    np.testing.assert_array_equal(smooth[0]["points"], plain[0]["points"])
    moved = [
        np.abs(np.diff([face["points"] for face in faces], axis=0)).sum()
        for faces in (smooth, plain)
    ]
    assert moved[0] < moved[1]


def test_a_cut_video_is_written_as_far_as_it_goes_with_a_warning(drawn_model, clip, here):
    data = clip.read_bytes()
    (here / "cut.avi").write_bytes(data[: len(data) * 2 // 3])
    done = run(drawn_model, "cut.avi", "--out", "out.mp4")
    assert done.exit_code == 0
    read = len(clips.read(Path("out.mp4")))
    assert 0 < read < FRAMES
    warning = done.stderr.splitlines()[-1]
    assert warning.startswith(
        f"warning: cut.avi: {read} frames could be read, {FRAMES} were expected by its header."
    )


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("text.mp4", "--out", "out.mp4"), "text.mp4: no video that can be read"),
        (("gone.mp4", "--out", "out.mp4"), "gone.mp4: no such file. Expected a video."),
        (("in.avi", "--out", "out.avi"), "out.avi: expected a name that ends in .mp4."),
        (("in.avi", "--out", "text.mp4/out.mp4"), "text.mp4"),
        (
            ("in.avi", "--out", "out.mp4", "--points", "a.txt"),
            "a.txt: expected a name that ends in .csv or",
        ),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(drawn_model, clip, command, message):
    Path("text.mp4").write_text("no video")
    done = run(drawn_model, *command)
    assert done.exit_code == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ") and message in last
    assert not list(Path().glob("*.part*")) and not Path("out.mp4").exists()
    assert clip.exists()


def test_a_video_without_a_face_has_no_rows(drawn_model, here):
    clips.write(here / "grey.avi", [np.full((96, 128, 3), 128, np.uint8)] * 3)
    done = run(drawn_model, "grey.avi", "--out", "out.mp4", "--points", "points.csv")
    assert done.exit_code == 0
    assert "out.mp4: 3 frames, 0 faces, in 0 frames" in done.stdout
    assert len(Path("points.csv").read_text().splitlines()) == 1
    assert cv2.VideoCapture("out.mp4").get(cv2.CAP_PROP_FRAME_COUNT) == 3
