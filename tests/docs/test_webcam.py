"""docs/webcam.md: its commands and its lines of Python are run on drawn faces. `facepoints webcam` itself is tested by
tests/cli/test_webcam.py, the benchmark by tests/benchmarks/test_video.py."""

import csv

import numpy as np
import pytest

from tests.docs.replay import blocks, replay
from tests.layouts import drawn
from tests.live import clips

FRAMES, SIDE = 6, 128
TINY = {"dvc pull export": "rm -r models .dvc/cache && dvc pull export"}


@pytest.fixture
def project(clone, tmp_path):
    """The finished clone with a remote that holds its models, and the page's files."""
    clone.run("dvc", "remote", "add", "-d", "shared", str(tmp_path / "remote"))
    clone.run("dvc", "push", "export")
    faces = drawn.faces(FRAMES, SIDE)
    clips.write(clone.folder / "video.mp4", [face.image for face in faces], "mp4v")
    faces[4].save(clone.folder / "photos" / "face.png")
    (low, high) = faces[4].points.min(axis=0), faces[4].points.max(axis=0)
    with (clone.folder / "boxes.csv").open("w", newline="") as file:
        rows = [("image", "x0", "y0", "x1", "y1"), ("photos/face.png", *low, *high)]
        csv.writer(file).writerows(rows)
    return clone


@pytest.mark.slow
def test_the_page_s_commands_and_lines_run(project):
    told = replay("webcam.md", project, TINY)
    (card,) = (text for command, text in told.items() if command.startswith("facepoints card"))
    for said in ("learned from  synthetic", "licence", "NME", "68, scheme ibug68", "box  "):
        assert said in card
    folder = project.folder
    assert (folder / "drawn/landmarks.csv").is_file()
    assert len((folder / "drawn/face_1.pts").read_text().splitlines()) == 68 + 4
    before, after = (clips.read(folder / name) for name in ("video.mp4", "drawn.mp4"))
    assert len(before) == len(after) == FRAMES
    assert after[0].shape == (SIDE, SIDE, 3)
    with (folder / "drawn.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:  # where a face was found, it is drawn
        change = np.abs(before[int(row["frame"])].astype(int) - after[int(row["frame"])])
        assert change.max() > 60
    (script,) = blocks("webcam.md", "python")
    assert "68, 2" in project.run("python", "-c", script).stdout
