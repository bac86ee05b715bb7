"""Reading image files: the one place where pixels come in."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError

JPEG_START = b"\xff\xd8"
JPEG_END = b"\xff\xd9"
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"  # chunk name and its checksum, which never differs

START_OF_SCAN = 0xDA
MARKER_BYTE = 0xFF
MARKER_SIZE = 2


class UnreadableImageError(FacepointsError):
    """An image file that is missing, truncated or no image; builders may count it and go on."""


def read_image(path: Path, exif: bool = False) -> npt.NDArray[np.uint8]:
    """The image as (H, W, 3) RGB uint8.

    Args:
        exif: turn it as its EXIF block says. Labels of public sets belong to the stored orientation.

    Raises:
        UnreadableImageError: the message names the file and what is wrong with it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableImageError(f"{path}: cannot be read ({error.strerror}).") from error
    return decode(data, str(path), exif)


def decode(data: bytes, name: str, exif: bool = False) -> npt.NDArray[np.uint8]:
    """Encoded bytes as (H, W, 3) RGB uint8; `name` stands for them in errors, `exif` as in read_image.

    Raises:
        UnreadableImageError: empty, truncated, or no image.
    """
    if not data:
        raise UnreadableImageError(f"{name}: an empty file. Fetch the file again.")
    if truncated(data):
        raise UnreadableImageError(
            f"{name}: truncated, the end of the image is missing. Fetch the file again."
        )
    try:
        buffer = np.frombuffer(data, np.uint8)
        orientation = 0 if exif else cv2.IMREAD_IGNORE_ORIENTATION
        image = cv2.imdecode(buffer, cv2.IMREAD_COLOR | orientation)
    except cv2.error as error:  # among others: more pixels than OpenCV decodes
        raise UnreadableImageError(f"{name}: cannot be decoded ({error.err}).") from error
    if image is None:
        raise UnreadableImageError(f"{name}: no image that can be decoded. Fetch the file again.")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def truncated(data: bytes) -> bool:
    """Whether a JPEG or PNG ends early; decoders would fill the missing part with grey.

    Told from its markers by one search, no decoding. Bytes after the end of the image are no fault.
    """
    if data.startswith(PNG_START):
        return data.rfind(PNG_END) < 0
    if data.startswith(JPEG_START):
        scan = _first_scan(data)
        return scan is None or data.rfind(JPEG_END, scan) < 0
    return False


def _first_scan(data: bytes) -> int | None:
    """Where a JPEG's pixels begin.

    An end marker counts only after it: the thumbnail in an EXIF block has one of its own.
    """
    at = len(JPEG_START)
    while at + 2 * MARKER_SIZE <= len(data) and data[at] == MARKER_BYTE:
        marker = data[at + 1]
        if marker == MARKER_BYTE:  # fill byte before a marker
            at += 1
            continue
        if marker == START_OF_SCAN:
            return at
        at += MARKER_SIZE + int.from_bytes(data[at + MARKER_SIZE : at + 2 * MARKER_SIZE])
    return None
