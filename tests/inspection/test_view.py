import base64

import cv2
import numpy as np
import pytest

from facepoints.inspection.view import LEFT, PICTURE_SIDE, RIGHT, around, cut, picture
from facepoints.schemes.scheme import Scheme


def decoded(source: str) -> np.ndarray:
    data = base64.b64decode(source.removeprefix("data:image/jpeg;base64,"))
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), 1), cv2.COLOR_BGR2RGB)


def test_the_box_is_a_square_with_a_quarter_more_on_each_side():
    points = np.array([[10, 20], [50, 40]])
    assert around(points, (100, 100)).tolist() == [0, 0, 60, 60]


@pytest.mark.parametrize("far", [1e4, 1e30, -1e30])
def test_a_point_however_far_outside_asks_for_no_huge_picture(far):
    image = np.full((50, 100, 3), 200, np.uint8)
    points = np.array([[20, 20], [60, 40], [far, far]], np.float32)
    box = around(points, (100, 50))
    assert box[2] - box[0] < 4 * 100
    assert cut(image, box, 32).shape == (32, 32, 3)
    tile = decoded(picture(image, points, np.ones(3, bool), Scheme("own", 3), [0, 0, 0]))
    assert tile.shape == (PICTURE_SIDE, PICTURE_SIDE, 3)


def test_a_large_photo_is_cut_at_the_same_place_as_a_small_one():
    small = cv2.GaussianBlur(
        np.random.default_rng(0).integers(0, 255, (60, 60, 3), np.uint8), (0, 0), 4
    )
    large = cv2.resize(small, (3000, 3000), interpolation=cv2.INTER_CUBIC)
    box = np.array([10.0, 10, 50, 50])
    one = cut(small, box, 24).astype(int)
    two = cut(large, (box + 0.5) * 50 - 0.5, 24).astype(int)
    assert np.abs(one - two).max() <= 8


def test_points_stand_where_they_belong_in_the_colour_of_their_side():
    image = np.zeros((100, 100, 3), np.uint8)
    points = np.array([[20, 50], [80, 50], [50, 20], [50, 80]], np.float32)
    labelled = np.array([True, True, True, False])
    scheme = Scheme("own", 4, mirror=(1, 0, 2, 3), groups={"across": (0, 1), "down": (2, 3)})
    tile = decoded(picture(image, points, labelled, scheme, [-1, 1, 0, 0]))
    box = around(points[labelled], (100, 100))

    def at(x, y):
        scale = PICTURE_SIDE / (box[2] - box[0])
        column, row = (round((value - low) * scale) for value, low in ((x, box[0]), (y, box[1])))
        return tile[row, column].astype(int)

    assert np.abs(at(20, 50) - LEFT).max() < 60
    assert np.abs(at(80, 50) - RIGHT).max() < 60
    assert at(50, 20).min() > 180
    assert at(50, 50).min() > 60  # the line across
    assert at(50, 65).max() < 30  # one end of the line down is not labelled
