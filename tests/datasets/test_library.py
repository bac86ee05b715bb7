import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.datasets.library import open_set
from facepoints.schemes.library import load
from tests.layouts import coco, dlib, pts, table
from tests.layouts.drawn import Drawn
from tests.layouts.own import SCHEME

OWN = {"csv": table, "pts": pts, "coco": coco, "dlib": dlib}


def test_opens_by_format(write_w300: Callable[..., Path]) -> None:
    root = write_w300("afw/1_1.jpg")
    opened = open_set("w300", root, load("ibug68"), {})
    (face,) = opened.faces()
    assert opened.image(face).shape == (48, 64, 3)


def test_wrong_format_scheme_and_options(tmp_path: Path) -> None:
    with pytest.raises(
        FacepointsError, match=r"unknown format 'menpo'\. Known: synthetic, facekit, muct, w300, "
    ):
        open_set("menpo", tmp_path, load("ibug68"), {})
    with pytest.raises(FacepointsError, match="'muct76' does not fit format w300; allowed: ibug68"):
        open_set("w300", tmp_path, load("muct76"), {})
    with pytest.raises(FacepointsError, match=r"unknown key dataset\.\w+\.options\.faces"):
        open_set("muct", tmp_path, load("muct76"), {"faces": 3})


@pytest.mark.parametrize("format", OWN)
@pytest.mark.parametrize("scheme", ["ibug68", SCHEME])
def test_own_formats_tell_the_same_faces(
    format: str, scheme: str, photos: Sequence[Drawn], tmp_path: Path
) -> None:
    root = tmp_path / "mine"
    OWN[format].write(root, photos)
    opened = open_set(format, root, load(scheme, root), {})
    faces = list(opened.faces())
    assert len(faces) == len(photos)
    assert [face.image for face in opened.faces()] == [face.image for face in faces]
    off = 0.5 if format == "dlib" else 1e-3  # imglab stores whole pixels
    travelled = pickle.loads(pickle.dumps(opened))
    for face, photo in zip(faces, photos, strict=True):
        np.testing.assert_allclose(face.landmarks, photo.points, rtol=0, atol=off)
        assert face.labelled.all()
        assert np.abs(travelled.image(face).astype(int) - photo.image).mean() < 8  # JPEG
        if format == "pts":
            assert face.box is None
        else:
            assert face.box is not None
            assert (face.box[:2] < photo.points.min(axis=0) + 0.5).all()
            assert (face.box[2:] > photo.points.max(axis=0) - 0.5).all()


@pytest.mark.parametrize(("format", "follows"), [("csv", 1), ("pts", 1), ("coco", 1), ("dlib", 0)])
def test_own_photos_are_turned_as_exif_says(
    format: str, follows: bool, photos: Sequence[Drawn], tmp_path: Path
) -> None:
    root = tmp_path / "mine"
    OWN[format].write(root, photos[:1])
    (path,) = root.rglob("*.jpg")
    wide = cv2.imencode(".jpg", photos[0].image[:32])[1].tobytes()  # 64 x 32
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"  # orientation 6
    block = b"Exif\0\0" + tiff
    path.write_bytes(b"\xff\xd8\xff\xe1" + (len(block) + 2).to_bytes(2) + block + wide[2:])
    for options, turned in (({}, follows), ({"exif": True}, True), ({"exif": False}, False)):
        opened = open_set(format, root, load("ibug68"), options)
        assert opened.image(opened.faces()[0]).shape == ((64, 32, 3) if turned else (32, 64, 3))
