import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.datasets.image import UnreadableImageError, decode, read_image, truncated


def picture(height: int = 40, width: int = 60) -> np.ndarray:
    """RGB, red growing to the right and green downwards."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(0, 255, width, dtype=np.uint8)
    image[..., 1] = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    return image


def encoded(suffix: str, *options: int) -> bytes:
    """The picture as a file; JPEGs at full quality."""
    bgr = np.ascontiguousarray(picture()[..., ::-1])
    return bytes(cv2.imencode(suffix, bgr, [cv2.IMWRITE_JPEG_QUALITY, 100, *options])[1])


def with_exif(jpeg: bytes, content: bytes) -> bytes:
    """The JPEG with an APP1 block after its start."""
    block = b"Exif\0\0" + content
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + jpeg[2:]


def orientation(value: int) -> bytes:
    """A TIFF header with one entry, orientation."""
    return b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHHI", 0x0112, 3, 1, value, 0, 0)


def test_png_is_exact_and_rgb(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(".png"))
    image = read_image(path)
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, picture())


def test_jpeg_is_rgb() -> None:
    assert np.abs(decode(encoded(".jpg"), "a").astype(int) - picture()).max() <= 12


def test_grey_and_transparent_pictures_have_three_channels() -> None:
    grey = bytes(cv2.imencode(".png", picture()[..., 0])[1])
    np.testing.assert_array_equal(decode(grey, "a"), np.repeat(picture()[..., :1], 3, axis=2))
    alpha = bytes(cv2.imencode(".png", np.dstack([picture()[..., ::-1], picture()[..., 0]]))[1])
    np.testing.assert_array_equal(decode(alpha, "a"), picture())


@pytest.mark.parametrize("value", [3, 6, 8])
def test_exif_orientation_is_ignored(value: int) -> None:
    turned = with_exif(encoded(".jpg"), orientation(value))
    bgr = cv2.imdecode(np.frombuffer(turned, np.uint8), cv2.IMREAD_COLOR)
    assert not np.array_equal(bgr[..., ::-1], decode(encoded(".jpg"), "a"))  # the block is valid
    np.testing.assert_array_equal(decode(turned, "a"), decode(encoded(".jpg"), "a"))


@pytest.mark.parametrize("value", [1, 3, 6, 8])
def test_or_followed(value: int, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(with_exif(encoded(".jpg"), orientation(value)))
    turns = {1: 0, 3: 2, 6: 3, 8: 1}[value]  # quarters against the clock
    np.testing.assert_array_equal(
        read_image(path, exif=True), np.rot90(decode(encoded(".jpg"), "a"), turns)
    )


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@given(share=st.floats(0, 1, exclude_max=True))
def test_every_cut_is_noticed(suffix: str, share: float) -> None:
    data = encoded(suffix)
    with pytest.raises(UnreadableImageError, match=r"^a\.jpg: "):
        decode(data[: int(share * len(data))], "a.jpg")


def test_progressive_jpegs_too() -> None:
    data = encoded(".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    assert not truncated(data)
    assert all(truncated(data[:end]) for end in range(4, len(data) - 1))


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_image() -> None:
    data = with_exif(encoded(".jpg"), b"\xff\xd8 thumbnail \xff\xd9")
    assert not truncated(data)
    assert truncated(data[: len(data) // 2])


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_bytes_after_the_end_are_no_fault(suffix: str) -> None:
    data = encoded(suffix)
    np.testing.assert_array_equal(decode(data + b"\0" * 99, "a"), decode(data, "a"))


@pytest.mark.parametrize("data", [b"", b"<html>no such page</html>", b"\xff", b"\xff\xd8\xff"])
def test_no_image(data: bytes) -> None:
    with pytest.raises(UnreadableImageError, match=r"^a\.jpg: "):
        decode(data, "a.jpg")


def test_more_pixels_than_opencv_decodes_is_an_error_of_that_file() -> None:
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    checksum = struct.pack(">I", zlib.crc32(b"IHDR" + header))
    data = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + header + checksum + b"\0\0\0\0IEND\xaeB`\x82"
    with pytest.raises(UnreadableImageError, match=r"^a\.png: "):
        decode(data, "a.png")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match=r"b\.jpg: cannot be read \(No such file"):
        read_image(tmp_path / "b.jpg")
    with pytest.raises(FacepointsError, match="cannot be read"):
        read_image(tmp_path)
