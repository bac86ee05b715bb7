"""A video in, the same video with landmarks out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.inference.predictor import Image
from facepoints.live.capture import opened, rate
from facepoints.live.drawing import Painter
from facepoints.live.rows import POSE, Row, numbers, rounded
from facepoints.live.tracking import Tracked, Tracker

CODES = ("avc1", "mp4v")  # H.264 where this OpenCV has an encoder for it, MPEG-4 otherwise
COLUMNS = ("frame", "time", "face", "score", *POSE)


@dataclass(frozen=True)
class Frame:
    """A picture of a video: its index, its time in seconds, and (H, W, 3) RGB."""

    index: int
    time: float
    image: Image


class Video:
    """A video file, read once from its start; upright, as its metadata says.

    Raises:
        FacepointsError: no such file, or no video.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise FacepointsError(f"{path}: no such file. Expected a video.")
        self._capture = opened(str(path))
        self.rate = rate(self._capture)
        self.expected = max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))  # 0: not told

    def __iter__(self) -> Iterator[Frame]:
        time = -1.0
        index = 0
        while True:
            there, picture = self._capture.read()
            if not there:
                self._capture.release()
                return
            told = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
            time = told if told > time else time + 1 / self.rate  # some files tell no times
            yield Frame(index, time, np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))
            index += 1


class Writer:
    """Writes an MP4 file; `close` puts it in its place, until then it has another name."""

    def __init__(self, path: Path, rate: float) -> None:
        self._path, self._rate = path, rate
        self._part = path.with_name(f".{path.stem}.part.mp4")
        self._writer: cv2.VideoWriter | None = None
        self._side = (0, 0)

    def write(self, image: Image) -> None:
        """One more frame (H, W, 3) RGB; the first one's size is the video's.

        Raises:
            FacepointsError: no video can be written there.
        """
        if self._writer is None:
            self._side = (image.shape[1], image.shape[0])
            self._writer = self._started()
        if self._side != (image.shape[1], image.shape[0]):  # a stream may change within a file
            image = np.asarray(
                cv2.resize(image, self._side, interpolation=cv2.INTER_AREA), np.uint8
            )
        self._writer.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))

    def close(self, keep: bool = True) -> None:
        """End the file and put it in its place, or remove what there is of it."""
        if self._writer is not None:
            self._writer.release()
            self._writer = None
        if keep:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)

    def _started(self) -> cv2.VideoWriter:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        for code in CODES:
            writer = cv2.VideoWriter(
                str(self._part), cv2.VideoWriter.fourcc(*code), self._rate, self._side
            )
            if writer.isOpened():
                return writer
        width, height = self._side
        raise FacepointsError(
            f"{self._path}: OpenCV cannot write a video of {width} × {height} pixels there. Try another folder."
        )


@dataclass(frozen=True)
class Followed:
    """What was found in a video: frames read, frames that its header tells of (0: it tells none), and a row per face
    and frame."""

    read: int
    expected: int
    rows: list[Row]


def follow(
    source: Path, out: Path, tracker: Tracker, boxes: bool = False, quiet: bool = False
) -> Followed:
    """Write a video with the landmarks of its faces; the sound is left out.

    Args:
        boxes: draw faces' boxes, numbers and scores too.
        quiet: no progress bar.

    Raises:
        FacepointsError: no video, one without frames, or `out` is it.
    """
    if out.suffix.lower() != ".mp4":
        raise FacepointsError(f"{out}: expected a name that ends in .mp4.")
    if out.exists() and source.exists() and out.samefile(source):
        raise FacepointsError(f"{out}: is the video to read; choose another name.")
    video = Video(source)
    painter, writer = Painter(tracker.predictor.scheme), Writer(out, video.rate)
    rows: list[Row] = []
    read, done = 0, False
    try:
        for frame in tqdm(
            video, source.name, video.expected or None, unit=" frames", disable=quiet
        ):
            tracked = tracker.update(frame.image, frame.time)
            rows += _rows(frame, tracked)
            painter.faces(frame.image, tracked.faces, told(tracked) if boxes else (), boxes)
            writer.write(frame.image)
            read += 1
        done = read > 0
    finally:
        writer.close(keep=done)
    if not read:
        raise FacepointsError(
            f"{source}: a video without a frame that can be read. Fetch or convert it again."
        )
    return Followed(read, video.expected, rows)


def told(tracked: Tracked) -> tuple[str, ...]:
    """Number and score of each face, as drawn."""
    pairs = zip(tracked.numbers, tracked.faces.scores.tolist(), strict=True)
    return tuple(f"{number}: {score:.2f}" for number, score in pairs)


def _rows(frame: Frame, tracked: Tracked) -> list[Row]:
    faces = tracked.faces
    poses = [None] * len(faces) if faces.poses is None else list(faces.poses)
    return [
        Row(
            {
                "frame": frame.index,
                "time": round(frame.time, 4),
                "face": tracked.numbers[index],
                "score": rounded(faces.scores[index]),
                **numbers(POSE, poses[index]),
            },
            faces.landmarks[index],
        )
        for index in range(len(faces))
    ]
