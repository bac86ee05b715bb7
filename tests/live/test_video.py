import csv
import json

import cv2
import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.live import rows
from facepoints.live.tracking import Tracker
from facepoints.live.video import COLUMNS, Video, follow
from tests.live import clips, discs

FRAMES = 20
PATH = [(60 + 8 * i, 120, 30) for i in range(FRAMES)]


@pytest.fixture
def clip(tmp_path):
    return clips.write(tmp_path / "clip.avi", [discs.picture(one) for one in PATH])


@pytest.fixture
def tracker(disc_model):
    return Tracker(disc_model[0], None)


def test_every_frame_is_drawn_upon_and_told(clip, tracker, tmp_path):
    out = tmp_path / "new" / "out.mp4"
    found = follow(clip, out, tracker, quiet=True)
    before, after = clips.read(clip), clips.read(out)
    assert found.read == found.expected == len(before) == len(after) == FRAMES
    assert after[0].shape == before[0].shape
    for one, other, (x, y, _) in zip(before, after, PATH, strict=True):
        change = np.abs(one.astype(int) - other).max(axis=2)
        assert change[y - 5 : y + 5, x - 25 : x + 25].max() > 80
        assert change[:60].max() < 60  # nothing but the coding's own errors where no face is
    assert list(out.parent.iterdir()) == [out]
    assert [(row.about["frame"], row.about["face"]) for row in found.rows] == [
        (i, 1) for i in range(FRAMES)
    ]
    assert found.rows[10].about["time"] == pytest.approx(10 / clips.RATE)
    places = np.array([row.landmarks[0] for row in found.rows])
    np.testing.assert_allclose(places, np.array(PATH)[:, :2], atol=1.5)


def test_numbers_as_csv_and_json_say_the_same(clip, tracker, tmp_path):
    found = follow(clip, tmp_path / "out.mp4", tracker, quiet=True)
    for name in ("points.csv", "points.json"):
        rows.write(tmp_path / name, found.rows, COLUMNS, discs.SCHEME)
    content = json.loads((tmp_path / "points.json").read_text())
    assert content["scheme"] == "disc"
    with (tmp_path / "points.csv").open() as file:
        table = list(csv.DictReader(file))
    assert len(table) == len(content["faces"]) == FRAMES
    for line, face in zip(table, content["faces"], strict=True):
        assert int(line["frame"]) == face["frame"]
        assert float(line["time"]) == face["time"]
        assert float(line["score"]) == face["score"] >= 0.5
        assert [[float(line[f"x{i}"]), float(line[f"y{i}"])] for i in range(5)] == face["points"]


def test_a_video_cut_within_a_frame_gives_what_was_whole(clip, tracker, tmp_path):
    data = clip.read_bytes()
    (tmp_path / "cut.avi").write_bytes(data[: len(data) * 3 // 5])
    found = follow(tmp_path / "cut.avi", tmp_path / "out.mp4", tracker, quiet=True)
    assert found.expected == FRAMES
    assert FRAMES // 3 < found.read < FRAMES
    whole, read = clips.read(clip), list(Video(tmp_path / "cut.avi"))
    assert len(read) == found.read == len(clips.read(tmp_path / "out.mp4"))
    for frame in read:  # no frame is half grey
        assert np.abs(frame.image.astype(int) - whole[frame.index]).max() == 0


def test_a_turned_video_comes_out_upright(tracker, tmp_path):
    upright = [discs.picture((80, 60, 25), (160, 250, 30), width=240, height=320) for _ in range(5)]
    stored = (np.ascontiguousarray(np.rot90(picture)) for picture in upright)
    lying = clips.write(tmp_path / "lying.mp4", stored, "mp4v")
    source = clips.turned(lying, tmp_path / "turned.mp4")
    found = follow(source, tmp_path / "out.mp4", tracker, quiet=True)
    assert clips.read(tmp_path / "out.mp4")[0].shape == (320, 240, 3)
    centres = sorted(row.landmarks[0].tolist() for row in found.rows if row.about["frame"] == 0)
    np.testing.assert_allclose(centres, [(80, 60), (160, 250)], atol=2)


def test_odd_sides_lose_their_last_row_and_column(tracker, tmp_path):
    pictures = [discs.picture((80, 60, 25), width=161, height=121)] * 3
    follow(clips.write(tmp_path / "odd.avi", pictures), tmp_path / "out.mp4", tracker, quiet=True)
    assert clips.read(tmp_path / "out.mp4")[0].shape == (120, 160, 3)


@pytest.mark.parametrize("content", [b"", b"no video", bytes(range(256)) * 40])
def test_what_is_no_video_is_told_and_nothing_is_left(content, tracker, tmp_path):
    (tmp_path / "in.mp4").write_bytes(content)
    with pytest.raises(FacepointsError, match="in.mp4: no video that can be read"):
        follow(tmp_path / "in.mp4", tmp_path / "out" / "out.mp4", tracker, quiet=True)
    assert not (tmp_path / "out").exists()


def test_an_mp4_file_without_its_end_is_told(tracker, tmp_path):
    whole = clips.write(tmp_path / "whole.mp4", [discs.picture(one) for one in PATH], "mp4v")
    (tmp_path / "cut.mp4").write_bytes(whole.read_bytes()[:-300])
    with pytest.raises(FacepointsError, match="cut.mp4: no video .* its end may be missing"):
        follow(tmp_path / "cut.mp4", tmp_path / "out.mp4", tracker, quiet=True)


def test_a_break_leaves_the_old_video_and_no_part(clip, tracker, tmp_path):
    out = tmp_path / "out" / "out.mp4"
    out.parent.mkdir()
    out.write_bytes(b"old")

    class Breaking(Tracker):
        def update(self, image, time):
            if time > 0.2:
                raise KeyboardInterrupt
            return super().update(image, time)

    with pytest.raises(KeyboardInterrupt):
        follow(clip, out, Breaking(tracker.predictor), quiet=True)
    assert out.read_bytes() == b"old"
    assert list(out.parent.iterdir()) == [out]


def test_neither_the_video_itself_nor_another_format_is_written(clip, tracker, tmp_path):
    path = clips.write(tmp_path / "same.mp4", clips.read(clip)[:3], "mp4v")
    before = path.read_bytes()
    with pytest.raises(FacepointsError, match="is the video to read"):
        follow(path, tmp_path / "." / "same.mp4", tracker, quiet=True)
    assert path.read_bytes() == before
    with pytest.raises(FacepointsError, match="ends in .mp4"):
        follow(clip, tmp_path / "out.avi", tracker, quiet=True)


def test_opencv_is_told_nothing_of_by_opencv_itself(clip, tracker, tmp_path, capfd):
    follow(clip, tmp_path / "out.mp4", tracker, quiet=True)
    assert capfd.readouterr() == ("", "")
    assert cv2.VideoCapture(str(tmp_path / "out.mp4")).get(cv2.CAP_PROP_FPS) == clips.RATE
