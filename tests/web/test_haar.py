"""The detector of the page finds the boxes that OpenCV's finds."""

import json

import cv2
import numpy as np
import pytest

from facepoints.crops.detector import Detector
from facepoints.web import cascade
from tests import trained
from tests.layouts import drawn
from tests.web.conftest import png

NEAR = 0.02  # of a box, its side


@pytest.fixture(scope="module")
def pictures():
    """Name → drawn faces: alone, side by side, small, and on a picture that is shrunk for the search."""
    frontal = [trained.face(index, 200).image for index in range(600, 612)]
    any_pose = np.concatenate([face.image for face in drawn.faces(4, 128)], axis=1)
    rows = [np.concatenate(frontal[at : at + 4], axis=1) for at in (0, 4, 8)]
    many = np.concatenate(rows)
    return {
        **{f"one{index}": image for index, image in enumerate(frontal[:5])},
        "poses": any_pose,
        "many": many,  # 800 × 600
        "small": cv2.resize(many, (311, 233), interpolation=cv2.INTER_AREA),
        "large": cv2.resize(many, (1501, 1126), interpolation=cv2.INTER_CUBIC),
        "none": np.full((120, 160, 3), 90, np.uint8),
        "tiny": np.zeros((1, 1, 3), np.uint8),
    }


def test_both_find_the_same_boxes(page, site, pictures):
    detector, total = Detector(), 0
    for name, image in pictures.items():
        (site / f"{name}.png").write_bytes(png(image))
        expected = detector.boxes(image)
        found = np.array(page.evaluate("(name) => window.facepoints.search(name)", f"{name}.png"))
        assert len(found) == len(expected), name
        total += len(found)
        if len(found):
            sides = (expected[:, 2] - expected[:, 0])[:, None]
            assert (np.abs(found - expected) / sides).max() < NEAR, name
    assert total > 20


def test_the_cascade_is_whole():
    content = json.loads(cascade.to_json())
    stumps = [stump for _, stage in content["stages"] for stump in stage]
    weak = cascade.PATH.read_text().count("<internalNodes>")
    assert (content["window"], len(content["stages"]), len(stumps)) == (24, 25, weak)
    assert {len(rectangles) for *_, rectangles in stumps} == {2, 3}
    assert stumps[0] == [-0.031512, 2.087538, -2.21721, [[6, 4, 12, 9, -1], [6, 7, 12, 3, 3]]]
    assert "Intel License Agreement" in cascade.licence()
