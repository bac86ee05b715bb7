import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.crops.box import check_labels, crop_box, used_rule
from facepoints.crops.extent import landmark_box
from facepoints.crops.settings import CropSettings
from facepoints.datasets.face import Face


def face(points, labelled=None, box=None):
    points = np.array(points, dtype=np.float32)
    return Face(
        image="a.jpg",
        landmarks=points,
        labelled=np.ones(len(points), bool) if labelled is None else np.array(labelled),
        occlusion=np.full(len(points), -1, np.int8),
        box=None if box is None else np.array(box, np.float32),
        group="a",
        split=None,
        subsets=(),
    )


POINTS = [[10, 20], [30, 60], [0, 0]]
LABELLED = [True, True, False]
DETECTED = np.array([10, 15, 40, 65], np.float32)


def test_unlabelled_points_do_not_stretch_the_box():
    one = face(POINTS, LABELLED)
    assert landmark_box(one.landmarks, one.labelled).tolist() == [10, 20, 30, 60]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"padding": 0.0}, [0, 20, 40, 60]),
        ({"padding": 0.0, "keep_aspect": False}, [10, 20, 30, 60]),
        ({"padding": 0.1}, [-4, 16, 44, 64]),
        ({"padding": 10.0, "padding_unit": "pixels"}, [-10, 10, 50, 70]),
        ({"padding": 0.0, "box": "annotated"}, [1, 1, 9, 9]),
        ({"padding": 0.0, "box": "detector"}, [0, 15, 50, 65]),
        ({"padding": 0.0, "box": "detector", "keep_aspect": False}, [10, 15, 40, 65]),
        ({"padding": 0.0, "box": "image"}, [-0.5, -10.5, 99.5, 89.5]),
        ({"padding": 0.0, "box": "image", "keep_aspect": False}, [-0.5, -0.5, 99.5, 79.5]),
    ],
)
def test_the_rules_give_these_boxes(crop_settings, change, expected):
    settings = crop_settings.model_copy(update=change)
    found = crop_box(face(POINTS, LABELLED, box=[1, 1, 9, 9]), (100, 80), settings, DETECTED)
    np.testing.assert_allclose(found, expected)


BOXES = {
    "landmarks": [10, 20, 30, 60],
    "annotated": [1, 1, 9, 9],
    "detector": DETECTED.tolist(),
    "image": [-0.5, -0.5, 99.5, 79.5],
}


@given(
    rule=st.sampled_from(sorted(BOXES)),
    padding=st.floats(0, 3),
    unit=st.sampled_from(["side", "pixels"]),
    keep_aspect=st.booleans(),
)
def test_padding_and_aspect_do_the_same_to_every_rule_s_box(rule, padding, unit, keep_aspect):
    settings = CropSettings(
        side=64,
        margin=0.25,
        box=rule,
        padding=padding,
        padding_unit=unit,
        keep_aspect=keep_aspect,
        quality=95,
    )
    x0, y0, x1, y1 = crop_box(
        face(POINTS, LABELLED, box=[1, 1, 9, 9]), (100, 80), settings, DETECTED
    ).tolist()
    left, top, right, bottom = BOXES[rule]
    assert x0 + x1 == pytest.approx(left + right, abs=1e-3)
    assert y0 + y1 == pytest.approx(top + bottom, abs=1e-3)
    width, height = right - left, bottom - top
    added = 2 * padding * (max(width, height) if unit == "side" else 1)
    longer = max(width, height) + added
    assert x1 - x0 == pytest.approx(longer if keep_aspect else width + added, abs=1e-3)
    assert y1 - y0 == pytest.approx(longer if keep_aspect else height + added, abs=1e-3)


def test_a_face_that_the_detector_missed_is_cut_by_its_landmarks(crop_settings):
    asked = crop_settings.model_copy(update={"box": "detector", "padding": 0.0})
    found = crop_box(face(POINTS, LABELLED), (100, 80), asked, None)
    np.testing.assert_allclose(found, [0, 20, 40, 60])
    assert used_rule(asked, None) == "landmarks"
    assert used_rule(asked, DETECTED) == "detector"
    assert used_rule(crop_settings, None) == "landmarks"


def test_a_set_without_boxes_refuses_the_annotated_rule(crop_settings):
    settings = crop_settings.model_copy(update={"box": "annotated"})
    with pytest.raises(
        FacepointsError, match=r"a.jpg: the labels of this face hold no box.*Formats .* wflw"
    ):
        crop_box(face(POINTS), (100, 80), settings)


def test_a_box_without_area_is_refused(crop_settings):
    with pytest.raises(FacepointsError, match="has no area"):
        crop_box(face([[5, 5], [5, 5]]), (100, 80), crop_settings)


def test_points_a_little_outside_are_accepted():
    check_labels(face([[-15, 20], [30, 60]]), (100, 80))


@pytest.mark.parametrize("point", [[-60, 20], [10, 200], [190, 20], [10, -90]])
def test_points_far_outside_are_refused(point):
    with pytest.raises(
        FacepointsError, match=r"a.jpg: its point 0 at .* outside the image of 100×80"
    ):
        check_labels(face([point, [30, 60], [50, 70]]), (100, 80))


def test_a_stray_point_does_not_stretch_its_own_measure():
    points = [[100 + 20 * index, 200] for index in range(12)]  # 220 pixels wide
    check_labels(face([[-100, 200], *points]), (480, 480))
    with pytest.raises(FacepointsError, match="point 0 at .* outside .*110 pixels"):
        check_labels(face([[-130, 200], *points]), (480, 480))


def test_a_face_without_labels_is_refused():
    with pytest.raises(FacepointsError, match="no point is labelled"):
        check_labels(face(POINTS, [False] * 3), (100, 80))
