import dataclasses

import cv2
import numpy as np

from facepoints.store.build import build
from facepoints.store.sheet import TILE, contact_sheet
from facepoints.store.tiles import BLUE, ORANGE


def pixels(content):
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)


def tinted(image, colour):
    """How many pixels of a grey image are tinted as this colour is."""
    strength = int(colour[0]) - int(colour[2])
    tint = image[..., 0].astype(int) - image[..., 2]
    return int((tint * np.sign(strength) > abs(strength) / 3).sum())


def test_the_sheet_shows_every_face_of_a_small_set_and_is_the_same_each_time(store_folder):
    content = contact_sheet(store_folder)
    assert content == contact_sheet(store_folder)
    image = pixels(content)
    assert image.shape == (3 * TILE, 8 * TILE, 3)  # 24 faces
    assert image.shape[1] <= 2000
    assert len(content) < 1_000_000


class Marked:
    """Drawn faces of one photo each, with every point hidden or none labelled but two."""

    def __init__(self, drawn_set, **changes):
        self.drawn_set = drawn_set
        self.changes = changes

    def faces(self):
        return [dataclasses.replace(face, **self.changes) for face in self.drawn_set.faces()[:5]]

    def image(self, _face):
        return np.full((96, 96, 3), 60, np.uint8)


def test_hidden_points_are_drawn_in_another_colour(drawn_set, store, crop_settings, tmp_path):
    hidden = Marked(drawn_set, occlusion=np.zeros(68, np.int8))
    build(hidden, store.scheme, crop_settings, tmp_path / "cache")
    image = pixels(contact_sheet(tmp_path / "cache"))
    assert image.shape == (TILE, 5 * TILE, 3)
    assert tinted(image, ORANGE) > 5 * 68
    assert tinted(image, BLUE) == 0


def test_unlabelled_points_are_not_drawn(drawn_set, store, crop_settings, tmp_path):
    labelled = np.zeros(68, bool)
    labelled[[36, 8]] = True
    build(Marked(drawn_set, labelled=labelled), store.scheme, crop_settings, tmp_path / "cache")
    image = pixels(contact_sheet(tmp_path / "cache"))
    assert 0 < tinted(image, BLUE) < 5 * 2 * 40
