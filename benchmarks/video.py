"""Landmarks in videos of a drawn face, whose true landmarks are known: `python -m benchmarks.video` prints JSON.

Per face two clips of 640 × 480 pixels at 30 frames a second. `moving`: an empty scene; the face slides in from the
left, turns, nods, tilts and comes nearer on a smooth path, slides out to the right; an empty scene again. `still`: the
face as it stands. Every frame has sensor noise of its own. Both are written as video files (Motion JPEG) and go the way
of `facepoints video`, with smoothing and without.

NME and jitter are in percent of the inter-ocular distance, over the frames in which all points are in the picture and
the face is followed. Jitter, see facepoints.live.jitter, is that of the errors, so that the face's own movement does
not count. The detection's delay counts from the first frame with all points in the picture, the stop from the first
with none. Speeds are of this machine; frames per second are of reading, tracking, drawing and writing together.
"""

import argparse
import json
import math
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError, cores
from facepoints.inference.predictor import Predictor
from facepoints.live.jitter import jitter
from facepoints.live.rows import Row
from facepoints.live.smoothing import Smoothing
from facepoints.live.tracking import Tracker
from facepoints.live.video import Video, follow
from facepoints.nme.error import face_nme, normaliser, point_errors
from facepoints.parameters import read, value
from facepoints.schemes.scheme import Scheme
from facepoints.synthetic.camera import Camera
from facepoints.synthetic.scene import Scene, landmarks, render, sample
from facepoints.synthetic.settings import SyntheticSettings

Floats = NDArray[np.floating]

WIDTH, HEIGHT, RATE = 640, 480, 30
NOISE = 4.0  # grey levels, standard deviation
DEFAULT = Path("models/synthetic-mobilenet_v3_small-geometric-all-0/model.onnx")


@dataclass(frozen=True)
class Lengths:
    """Of clips, in frames: the empty scene before and after, each way in and out, the path between; the still clip."""

    empty: int = 15
    slide: int = 30
    path: int = 120
    still: int = 60


@dataclass(frozen=True)
class Clip:
    """A video file with the true landmarks (T, K, 2) of each frame, pixels."""

    path: Path
    truth: Floats


def moving(scene: Scene, lengths: Lengths) -> list[Scene]:
    """The scene in each frame of the moving clip."""
    frames = []
    begin, slide = lengths.empty + lengths.slide, lengths.slide
    end = begin + lengths.path
    for frame in range(begin + end):
        on = (frame - begin) / lengths.path
        turn = 2 * math.pi * min(max(on, 0.0), 1.0)
        before = _eased((begin - frame) / slide)
        after = _eased((frame - end) / slide)
        camera = replace(
            scene.camera,
            yaw=22 * math.sin(turn),
            pitch=8 * math.sin(2 * turn),
            roll=8 * math.sin(turn),
            focal=scene.camera.focal * (1 + 0.2 * math.sin(turn)),
            centre=(
                scene.camera.centre[0]
                + 0.15 * WIDTH * math.sin(2 * turn)
                + 1.1 * WIDTH * (after - before),
                scene.camera.centre[1] + 0.05 * HEIGHT * math.sin(3 * turn),
            ),
        )
        frames.append(replace(scene, camera=camera))
    return frames


def record(path: Path, scenes: list[Scene], random: np.random.Generator) -> Clip:
    """The clip of these scenes: the middle of each square picture, with noise that no two frames share."""
    top = (WIDTH - HEIGHT) // 2
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise FacepointsError(f"{path}: OpenCV cannot write this video.")
    drawn: dict[Camera, NDArray[np.uint8]] = {}  # the last picture: a still scene is drawn once
    for scene in scenes:
        if scene.camera not in drawn:
            drawn = {scene.camera: render(scene)[top : top + HEIGHT]}
        noise = NOISE * random.standard_normal((HEIGHT, WIDTH, 3), np.float32)
        image = np.clip(np.rint(drawn[scene.camera] + noise), 0, 255).astype(np.uint8)
        writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    writer.release()
    return Clip(
        path, np.stack([landmarks(scene) for scene in scenes]) - np.array([0, top], np.float32)
    )


def clips(index: int, folder: Path, lengths: Lengths) -> dict[str, Clip]:
    """The two clips of a face that is not in the embedded set, so that no model has learned from it."""
    settings = value(read(), "dataset.synthetic.options", SyntheticSettings)
    settings = settings.model_copy(
        update={"seed": settings.seed + 1, "side": WIDTH, "fill": [0.3, 0.4], "shift": 0.0}
    )
    plain = sample(settings, index)
    scene = replace(plain, noise=0.0, camera=replace(plain.camera, yaw=0.0, pitch=0.0, roll=0.0))
    random = np.random.default_rng(index)
    return {
        "moving": record(folder / "moving.avi", moving(scene, lengths), random),
        "still": record(folder / "still.avi", [scene] * lengths.still, random),
    }


def track(rows: list[Row], truth: Floats) -> Floats:
    """Per frame the landmarks (T, K, 2) of the face that was found nearest to the true ones; NaN where none was."""
    found = np.full(truth.shape, np.nan)
    for row in rows:
        frame = row.about["frame"]
        distances = [
            np.linalg.norm(each - truth[frame], axis=1).mean()
            for each in (row.landmarks, found[frame])
        ]
        if not distances[0] > distances[1]:
            found[frame] = row.landmarks
    return found


def measured(
    clip: Clip, predictor: Predictor, smoothing: Smoothing | None, out: Path
) -> dict[str, Any]:
    """What `facepoints video` makes of a clip."""
    start = time.perf_counter()
    followed = follow(clip.path, out, Tracker(predictor, smoothing), quiet=True)
    seconds = time.perf_counter() - start
    found = track(followed.rows, clip.truth)
    return {
        **compared(found, clip.truth, predictor.scheme),
        "faces": len({row.about["face"] for row in followed.rows}),
        "frames_per_s": followed.read / seconds,
    }


def compared(found: Floats, truth: Floats, scheme: Scheme) -> dict[str, Any]:
    """Numbers of a track (T, K, 2), NaN where no face was found, against the truth (T, K, 2)."""
    inside = np.asarray(((truth >= 0) & (truth < (WIDTH, HEIGHT))).all(axis=2))
    whole, there = np.asarray(inside.all(axis=1)), np.asarray(np.isfinite(found).all(axis=(1, 2)))
    scored = whole & there
    labelled = np.ones(truth.shape[:2], np.bool_)
    divisor = normaliser(truth, labelled, scheme, scheme.normaliser)
    nme = face_nme(point_errors(found, truth), labelled, divisor)[scored]
    given = {
        "nme": float(nme.mean()) if len(nme) else None,
        "followed": float(scored.sum() / whole.sum()),
        "jitter": jitter(found[scored] - truth[scored] + truth[scored][:1], scheme)
        if scored.sum() > 2
        else None,
    }
    first, last = np.flatnonzero(whole)[[0, -1]]
    given["detection_delay_frames"] = (
        int(np.flatnonzero(there[first:])[0]) if there[first:].any() else None
    )
    gone = np.flatnonzero(~inside.any(axis=1) & (np.arange(len(truth)) > last))
    if len(gone):
        after = np.flatnonzero(there[gone[0] :])
        given["stops_after_frames"] = int(after[-1]) + 1 if len(after) else 0
    return given


def detection_milliseconds(clip: Clip, predictor: Predictor) -> float:
    """Of a search through a whole picture, with the face in it; the median of twenty."""
    image = next(iter(Video(clip.path))).image
    times = []
    for _ in range(20):
        start = time.perf_counter()
        predictor.detect(image)
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))


def benchmark(model: Path, faces: int, lengths: Lengths) -> dict[str, Any]:
    """All numbers, means over the faces."""
    predictor = Predictor(model)
    if predictor.scheme.name != "ibug68":
        raise FacepointsError(
            f"{model}: gives {predictor.scheme.name}; drawn faces have the points of ibug68."
        )
    runs: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    searches = []
    for index in range(faces):
        with tempfile.TemporaryDirectory() as folder:
            for name, clip in clips(index, Path(folder), lengths).items():
                for way, smoothing in (("plain", None), ("smoothed", Smoothing())):
                    runs[name, way].append(
                        measured(clip, predictor, smoothing, Path(folder) / "out.mp4")
                    )
                if name == "still":
                    searches.append(detection_milliseconds(clip, predictor))
    return {
        "cell": predictor.card.content["cell"],
        "cores": cores(),
        "faces": faces,
        **{
            clip: {way: _mean(runs[clip, way]) for way in ("plain", "smoothed")}
            for clip in ("moving", "still")
        },
        "detection_ms": round(float(np.mean(searches)), 1),
    }


def _mean(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Of each number over the runs that have it."""
    known = {name: [run[name] for run in runs if run[name] is not None] for name in runs[0]}
    return {
        name: round(float(np.mean(given)), 3) if given else None for name, given in known.items()
    }


def _eased(share: float) -> float:
    """From 0 to 1, without a jerk at the ends."""
    return (1 - math.cos(math.pi * min(max(share, 0.0), 1.0))) / 2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=DEFAULT, help="of the 68 points of iBUG")
    parser.add_argument("--faces", type=int, default=3, help="each with its two clips")
    given = parser.parse_args()
    if given.faces < 1:
        parser.error(f"--faces {given.faces}: expected 1 or more.")
    try:
        print(json.dumps(benchmark(given.model, given.faces, Lengths()), indent=2))
    except FacepointsError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
