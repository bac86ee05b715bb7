"""The browser gives the landmarks that Python gives."""

import cv2
import numpy as np
import pytest

from facepoints.crops.box import landmark_box
from facepoints.crops.warp import view_affine, warp
from tests.web.conftest import SIDE, png

PREDICT = "([name, box]) => window.facepoints.predict(name, box)"


def box_of(face, scale: float = 1.0, shift: float = 0.0) -> list[float]:
    """The face's landmark box, larger or moved to the upper left; its sides beyond, where that is beyond the photo."""
    x0, y0, x1, y1 = landmark_box(face.points, np.ones(len(face.points), bool)).tolist()
    (x, y), half = ((x0 + x1) / 2 - shift, (y0 + y1) / 2 - shift), scale * max(x1 - x0, y1 - y0) / 2
    return [x - half, y - half, x + half, y + half]


@pytest.mark.parametrize(
    ("scale", "shift"),
    [(1.0, 0.0), (0.3, 7.3), (1.2, 0.4 * SIDE), (1.6, 0.0), (2.6, 0.0)],
    ids=["as learned", "enlarged", "beyond the photo", "shrunk 3 times", "shrunk and beyond"],
)
def test_the_same_png_and_box_give_the_same_landmarks(page, predictor, faces, scale, shift):
    for index, face in enumerate(faces):
        box = box_of(face, scale, shift)
        expected = predictor.predict(face.image, np.array([box]))
        (found,) = page.evaluate(PREDICT, [f"face{index}.png", box])["faces"]
        np.testing.assert_allclose(found["box"], expected.boxes[0], atol=1e-3)
        np.testing.assert_allclose(found["landmarks"], expected.landmarks[0], atol=0.05)
        assert abs(found["score"] - expected.scores[0]) < 1e-3
    corner = predictor.predict(faces[0].image, np.array([box_of(faces[0], scale, shift)])).boxes[0]
    if scale == 1.6:
        assert (corner[2] - corner[0]) / predictor.card.side > 2.5
    if shift > 10 or scale > 2:
        assert corner.min() < -SIDE / 10


def test_the_view_is_that_of_training_pixel_for_pixel(page, faces):
    cut = """async ([name, box]) => {
      const { warp } = await import("./warp.mjs");
      const { opened } = await import("./pictures.mjs");
      const { image } = await opened(await (await fetch(name)).blob(), name);
      return [...warp(image, box, 64)];
    }"""
    shrunk = set()
    for scale, shift in ((1.0, 0.0), (0.4, 3.3), (1.4, 80.0), (1.8, 0.5), (2.2, 1.7), (3.6, 1.7)):
        box = np.array(box_of(faces[0], scale, shift))
        shrunk.add(int(np.ceil((box[2] - box[0]) / 64)))
        expected = warp(faces[0].image, view_affine(box, 64), 64)
        found = np.array(page.evaluate(cut, ["face0.png", box.tolist()])).reshape(64, 64, 3)
        apart = np.abs(found - expected.astype(int))
        assert apart.max() <= 1
        assert (apart > 0).mean() < 0.01  # the cause of these few is not known
    assert {1, 2, 3, 4} <= shrunk


def test_without_a_box_it_finds_the_same_faces(page, predictor, faces, site):
    together = np.concatenate([face.image for face in faces[:3]], axis=1)
    (site / "together.png").write_bytes(png(together))
    expected = predictor.predict(together)
    found = page.evaluate(PREDICT, ["together.png", None])["faces"]
    assert len(found) == len(expected) == 3
    for one, landmarks in zip(found, expected.landmarks, strict=True):
        np.testing.assert_allclose(one["landmarks"], landmarks, atol=0.5)


def test_a_photo_is_turned_as_its_exif_block_says(page, site, predictor, faces):
    face = faces[0]
    lying = cv2.rotate(face.image, cv2.ROTATE_90_COUNTERCLOCKWISE)
    jpeg = bytes(
        cv2.imencode(
            ".jpg", cv2.cvtColor(lying, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 98]
        )[1]
    )
    turn = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # orientation 6: a quarter to the right
    block = b"Exif\0\0" + turn
    (site / "lying.jpg").write_bytes(
        jpeg[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + jpeg[2:]
    )
    box = box_of(face)
    (found,) = page.evaluate(PREDICT, ["lying.jpg", box])["faces"]
    upright = predictor.predict(face.image, np.array([box]))
    np.testing.assert_allclose(found["landmarks"], upright.landmarks[0], atol=2)


def test_a_box_without_area_is_refused(page):
    for box in ([10, 10, 10, 20], [10, 10, 20], [10, 10, None, 20]):
        said = page.evaluate(
            "(box) => window.facepoints.predict('face0.png', box).catch((error) => error.message)",
            box,
        )
        assert "is no box" in said
