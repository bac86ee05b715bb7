"""Video files for tests."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

RATE = 25


def write(path: Path, pictures: Iterable[NDArray[np.uint8]], code: str = "MJPG") -> Path:
    """Pictures (H, W, 3) RGB as a video, .avi or .mp4."""
    writer = None
    for picture in pictures:
        if writer is None:
            side = (picture.shape[1], picture.shape[0])
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), RATE, side)
            assert writer.isOpened()
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def read(path: Path) -> list[NDArray[np.uint8]]:
    """Its pictures (H, W, 3) RGB."""
    video, found = cv2.VideoCapture(str(path)), []
    while (read := video.read())[0]:
        found.append(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB))
    return found


def turned(path: Path, out: Path) -> Path:
    """An MP4 file whose header says that its pictures are to be turned by 90° clockwise, as phones write them."""
    data = bytearray(path.read_bytes())
    # The track header (ISO 14496-12): 4 bytes of name, 4 of version, 32 of times and others, then the matrix.
    at = data.index(b"tkhd") + 4 + 4 + 32 + 4
    width = int.from_bytes(data[at + 36 : at + 40])
    matrix = (0, 1 << 16, 0, -(1 << 16), 0, 0, width, 0, 1 << 30)
    data[at : at + 36] = b"".join(number.to_bytes(4, signed=True) for number in matrix)
    out.write_bytes(data)
    return out
