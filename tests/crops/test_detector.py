import cv2
import numpy as np
import pytest

from facepoints.crops.detector import LONGEST, Detector, belonging
from facepoints.crops.extent import landmark_box
from tests.layouts.drawn import faces


@pytest.fixture(scope="module")
def detector():
    return Detector()


def boxes(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


FACE = np.array([10, 10, 50, 50], np.float32)


def test_the_box_with_the_best_overlap_belongs_to_the_face():
    found = boxes([100, 100, 150, 150], [5, 5, 55, 55], [20, 10, 60, 50])
    assert belonging(found, FACE).tolist() == [5, 5, 55, 55]


@pytest.mark.parametrize(
    "found",
    [
        boxes(),
        boxes([60, 10, 100, 50]),
        boxes([45, 45, 85, 85]),  # a neighbour's face that touches
        boxes([25, 25, 35, 35]),  # an eye
        boxes([-100, -100, 200, 200]),  # the whole photo
    ],
)
def test_where_none_fits_the_face_is_missed(found):
    assert belonging(found, FACE) is None


def test_a_picture_without_faces_gives_no_box(detector):
    assert detector.boxes(np.full((90, 120, 3), 128, np.uint8)).shape == (0, 4)


def test_drawn_faces_are_found(detector):
    everywhere = np.ones(68, bool)
    found = [
        belonging(detector.boxes(drawn.image), landmark_box(drawn.points, everywhere)) is not None
        for drawn in faces(12, 256)
    ]
    assert sum(found) >= 4  # many are turned too far


def test_a_photo_above_the_searched_size_gives_boxes_in_its_own_pixels(detector):
    picture = np.vstack([np.hstack([drawn.image for drawn in faces(3, 200)])] * 2)
    picture = cv2.copyMakeBorder(picture, 0, 0, 0, LONGEST - picture.shape[1], cv2.BORDER_REPLICATE)
    twice = picture.repeat(2, axis=0).repeat(2, axis=1)  # shrunk to LONGEST it is the picture again
    found = detector.boxes(picture)
    assert len(found)
    np.testing.assert_allclose(detector.boxes(twice), (found + 0.5) * 2 - 0.5)


def test_opencv_s_threads_change_nothing(detector):
    picture = np.hstack([drawn.image for drawn in faces(3, 200)])
    threads = cv2.getNumThreads()
    try:
        found = []
        for count in (1, 4):
            cv2.setNumThreads(count)
            found.append(detector.boxes(picture))
    finally:
        cv2.setNumThreads(threads)
    assert len(found[0])
    np.testing.assert_array_equal(*found)
