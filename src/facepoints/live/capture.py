"""Opening cameras and videos by OpenCV."""

import os

import cv2

from facepoints import FacepointsError

# OpenCV reads these when it opens a video. Parts of frames at the end of a cut file are left out: decoded, they would
# come as whole frames with rubbish in them.
os.environ.setdefault(
    "OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_flags;prefer_tcp|fflags;discardcorrupt"
)
# What goes wrong is told by this project's own messages.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

USUAL = 30.0  # frames per second where a source does not tell


def opened(source: int | str) -> cv2.VideoCapture:
    """A camera by its number, a video file, or a stream by its address.

    Raises:
        FacepointsError: none that can be opened.
    """
    try:
        capture = cv2.VideoCapture(source)
    except cv2.error as error:
        raise FacepointsError(f"{source}: cannot be opened ({error.err}).") from error
    if capture.isOpened():
        return capture
    if isinstance(source, int):
        raise FacepointsError(
            f"camera {source}: there is none, or another program uses it. Cameras count from 0 (on Linux /dev/video0). "
            "A video file or the address of a stream serves as well."
        )
    raise FacepointsError(
        f"{source}: no video that can be read. If it is one, its end may be missing, where MP4 files keep their index, "
        "or OpenCV does not know its coding: fetch or convert it again."
    )


def rate(capture: cv2.VideoCapture) -> float:
    """Frames per second."""
    told = float(capture.get(cv2.CAP_PROP_FPS))
    return told if 0 < told <= 1000 else USUAL
