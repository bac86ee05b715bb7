import numpy as np

from benchmarks.video import HEIGHT, WIDTH, Lengths, benchmark, clips, compared, track
from facepoints.live.rows import Row
from facepoints.schemes.library import load
from tests.live import clips as videos

LENGTHS = Lengths(empty=2, slide=3, path=2, still=12)
SCHEME = load("ibug68")
SHAPE = 100 * np.array(SCHEME.shape)


def test_a_track_that_is_right_but_late_and_long_is_told_so():
    truth = np.concatenate([np.tile(SHAPE + at, (10, 1, 1)) for at in (-5000, 200, 5000)])
    found = truth.copy()
    found[:13] = found[24:] = np.nan
    numbers = compared(found, truth, SCHEME)
    assert numbers == {
        "nme": 0.0,
        "followed": 0.7,
        "jitter": 0.0,
        "detection_delay_frames": 3,
        "stops_after_frames": 4,
    }


def test_errors_are_those_of_the_nearest_face():
    truth = np.tile(SHAPE + 200, (4, 1, 1))
    eyes = np.linalg.norm(SHAPE[36] - SHAPE[45])
    rows = [
        Row({"frame": frame}, truth[frame] + shift)
        for frame in range(3)
        for shift in ([300, 0], [eyes / 10, 0])
    ]
    found = track(rows, truth)
    assert np.isnan(found[3]).all()
    assert compared(found, truth, SCHEME)["nme"] == np.float64(10).round(9)
    assert compared(found, truth, SCHEME)["followed"] == 0.75


def test_the_clips_show_the_face_where_the_truth_says(tmp_path):
    made = clips(7, tmp_path, LENGTHS)
    for clip in made.values():
        frames = videos.read(clip.path)
        assert len(frames) == len(clip.truth)
        assert frames[0].shape == (HEIGHT, WIDTH, 3)
    still = made["still"]
    assert np.ptp(still.truth, axis=0).max() == 0
    one, other = (frame.astype(int) for frame in videos.read(still.path)[:2])
    assert 1 < np.abs(one - other).mean() < 10  # noise alone
    moving = made["moving"]
    assert (moving.truth[0] < 0).any() and (moving.truth[-1, :, 0] > WIDTH).all()
    x, y = moving.truth[len(moving.truth) // 2].mean(axis=0).astype(int)
    frames = [
        frame[y - 20 : y + 20, x - 20 : x + 20].astype(int) for frame in videos.read(moving.path)
    ]
    assert np.abs(frames[len(frames) // 2] - frames[0]).mean() > 10


def test_the_benchmark_runs_and_smoothing_steadies(drawn_model):
    found = benchmark(drawn_model, 1, LENGTHS)
    assert found["still"]["smoothed"]["jitter"] < found["still"]["plain"]["jitter"]
    assert found["still"]["plain"]["followed"] == 1
    assert found["moving"]["plain"]["frames_per_s"] > 0
    assert found["moving"]["plain"]["stops_after_frames"] <= 5
    assert found["detection_ms"] > 0
