"""docs/webcam.md: its commands are replayed, and its script is run on a video of drawn faces."""

import contextlib
import json
import runpy
import sys
import urllib.error
import urllib.request
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from facepoints.crops import warp
from tests.docs.replay import blocks, replay
from tests.layouts import drawn

FRAMES, SIDE = 6, 128
MODEL = "models/synthetic-mobilenet_v3_small-geometric-all-0"
TINY = {"dvc pull export": "rm -r models .dvc/cache && dvc pull export"}


@pytest.fixture(scope="module")
def faces() -> list[drawn.Drawn]:
    return drawn.faces(FRAMES, SIDE)


@pytest.fixture
def project(clone, faces, tmp_path):
    """The finished clone with a remote that holds its models, and the page's files."""
    clone.run("dvc", "remote", "add", "-d", "shared", str(tmp_path / "remote"))
    clone.run("dvc", "push", "export")
    (script,) = blocks("webcam.md", "python")
    (clone.folder / "webcam.py").write_text(script, "utf-8")
    path, code = str(clone.folder / "video.mp4"), cv2.VideoWriter.fourcc(*"mp4v")
    video = cv2.VideoWriter(path, code, 10, (SIDE, SIDE))
    for face in faces:
        video.write(cv2.cvtColor(face.image, cv2.COLOR_RGB2BGR))
    video.release()
    return clone


def frames(path: Path) -> list[np.ndarray]:
    video, found = cv2.VideoCapture(str(path)), []
    while (read := video.read())[0]:
        found.append(read[1])
    return found


def orange(pictures: list[np.ndarray]) -> np.ndarray:
    """How many pixels of each picture have about the colour of the points."""
    distance = np.abs(np.asarray(pictures, dtype=int) - (0, 160, 255)).max(axis=-1)
    return (distance < 90).sum(axis=(1, 2))


def live(project, video: str) -> bytes:
    """All that the page sends a browser until the video ends."""
    server = project.started("python", "webcam.py", MODEL, video, "--port", "0")
    try:
        address = server.stdout.readline().strip()
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"{address}/favicon.ico", timeout=60)
            pytest.fail("the page sends its pictures for every name")
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert answer.headers.get_content_type() == "multipart/x-mixed-replace"
            return answer.read()
    finally:
        server.terminate()
        server.communicate()


def test_the_page_s_commands_draw_points_on_every_picture(project):
    told = replay("webcam.md", project, TINY)
    assert json.loads(told[f"python -m json.tool {MODEL}/card.json"])["crop"]["keep_aspect"]
    before, after = (frames(project.folder / name) for name in ("video.mp4", "drawn.mp4"))
    assert len(before) == len(after) == FRAMES
    assert after[0].shape == (SIDE, SIDE, 3)
    assert (orange(after) > orange(before) + 30).all()

    sent = live(project, "video.mp4").split(b"--picture\r\n")[1:]
    assert len(sent) == FRAMES
    for part, frame in zip(sent, after, strict=True):
        _, jpeg = part.split(b"\r\n\r\n", 1)
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert np.abs(picture.astype(int) - frame).mean() < 12

    refused = project.run("python", "webcam.py", MODEL, "none.mp4", "drawn.mp4", check=False)
    assert refused.returncode == 1
    assert "none.mp4: no webcam and no video that can be read." in refused.stderr


def test_the_script_cuts_and_places_as_training_does(project, faces, monkeypatch):
    folder = project.folder / MODEL
    monkeypatch.setattr(sys, "argv", ["webcam.py", str(folder)])
    script = runpy.run_path(str(project.folder / "webcam.py"))
    net = onnxruntime.InferenceSession(folder / "model.onnx")
    side = json.loads((folder / "card.json").read_text())["input"]["shape"][1]
    box = np.array(
        [20.5, 13.5, 68.5, 61.5]
    )  # no larger than the net's input, where both sample alike
    affine = warp.view_affine(box, side)
    for face in faces:
        view = warp.warp(face.image, affine, side)
        (points,) = net.run(None, {"images": view[None]})[0]
        expected = warp.apply(warp.invert(affine), points * side - 0.5)
        picture = cv2.cvtColor(face.image, cv2.COLOR_RGB2BGR)
        found = script["look"](picture, (box[:2] + box[2:]) / 2, (box[2] - box[0]) / 2)
        np.testing.assert_allclose(found, expected, atol=0.01)
        centre = np.array([SIDE - 1, SIDE - 1]) / 2
        points = script["landmarks"](picture, centre, script["SHARE"] * SIDE / 2)
        assert points.shape == (68, 2)
        assert (points > 0).all() and (points < SIDE - 1).all()
