import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from facepoints import FacepointsError
from facepoints.crops.warp import apply, invert, view_affine, warp
from facepoints.inference.predictor import BATCH, Predictor, rgb
from facepoints.store.faces import decode_crop
from tests.layouts import drawn


@pytest.fixture(scope="module")
def predictor(file):
    return Predictor(file, threads=1)


@pytest.fixture(scope="module")
def image():
    (face,) = drawn.faces(1, 200)
    return face.image


BOXES = np.array([[60, 50, 140, 150], [-20, 10, 90, 120], [150.5, 150, 260, 240]], np.float32)


def test_points_are_those_of_the_view_of_each_padded_box(predictor, image):
    faces = predictor.predict(image, BOXES)
    assert len(faces) == 3
    for box, points in zip(BOXES, faces.landmarks, strict=True):
        centre, side = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]).max() * 1.2
        affine = view_affine(np.concatenate([centre - side / 2, centre + side / 2]), 64)
        units = predictor.run(warp(image, affine, 64)[None])["landmarks"][0]
        np.testing.assert_allclose(points, apply(invert(affine), units * 64 - 0.5), atol=1e-3)
    assert faces.poses.shape == (3, 3)
    assert faces.covariances is None


def test_a_stored_crop_s_view_gives_what_training_saw(predictor, store):
    margin = store.settings.margin_pixels
    crop = decode_crop(store.crop[0])
    view = np.array([[margin - 0.5, margin - 0.5, margin + 63.5, margin + 63.5]], np.float32)
    seen = predictor.run(crop[None, margin:-margin, margin:-margin])["landmarks"]
    np.testing.assert_allclose(
        predictor.look(crop, view).landmarks, seen * 64 - 0.5 + margin, atol=1e-3
    )


def test_another_look_is_in_the_box_of_the_points(predictor, image):
    first = predictor.predict(image, BOXES[:1])
    tight = np.concatenate([first.landmarks.min(axis=1), first.landmarks.max(axis=1)], axis=1)
    np.testing.assert_allclose(
        predictor.again(image, first).landmarks,
        predictor.predict(image, tight).landmarks,
        atol=1e-2,
    )


def test_no_boxes_no_faces_and_many_boxes_many(predictor, image):
    none = predictor.predict(image, np.empty((0, 4)))
    assert none.landmarks.shape == (0, 68, 2)
    assert none.scores.shape == (0,)
    many = np.repeat(BOXES[:1], BATCH + 3, axis=0)
    faces = predictor.predict(image, many)
    assert len(faces) == BATCH + 3
    np.testing.assert_allclose(faces.landmarks - faces.landmarks[:1], 0, atol=1e-3)


def test_what_the_detector_finds_is_kept_by_its_score(predictor):
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    assert len(predictor.predict(noise)) == 0
    found = [predictor.predict(face.image) for face in drawn.faces(12, 200)]
    for faces in found:
        assert (faces.scores >= 0.5).all()
        assert (np.diff(faces.boxes[:, 2] - faces.boxes[:, 0]) <= 0).all()


def test_eight_threads_get_what_one_gets(predictor):
    images = [face.image for face in drawn.faces(16, 200)]
    alone = [predictor.predict(image).landmarks for image in images]
    with ThreadPoolExecutor(8) as pool:
        for one, other in zip(
            alone, pool.map(lambda image: predictor.predict(image).landmarks, images), strict=True
        ):
            np.testing.assert_array_equal(one, other)


def test_grey_rgba_and_sixteen_bits_are_the_same_picture(image):
    grey = image[..., 0]
    np.testing.assert_array_equal(rgb(grey), np.repeat(grey[..., None], 3, axis=2))
    np.testing.assert_array_equal(rgb(np.dstack([image, grey])), image)
    np.testing.assert_array_equal(rgb(image.astype(np.uint16) * 257), image)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (np.zeros((4, 4, 3)), "expected an image of unsigned 8 or 16 bits; found float64"),
        (np.zeros((4, 4, 2), np.uint8), r"expected an image \(height, width, 3\) in RGB"),
        (np.zeros((0, 4, 3), np.uint8), r"shape \(0, 4, 3\)"),
        (None, r"shape \(\)"),
    ],
)
def test_what_is_no_image_is_refused(predictor, wrong, told):
    with pytest.raises(FacepointsError, match=told):
        predictor.predict(wrong)


@pytest.mark.parametrize(
    ("boxes", "told"),
    [
        ([10, 10, 50, 50], r"expected boxes \(N, 4\)"),
        ([[50, 10, 10, 50]], "has no area"),
        ([[10, 10, 10.5, 50]], "has no area"),
        ([[np.nan, 10, 50, 50]], r"expected boxes \(N, 4\)"),
    ],
)
def test_boxes_that_are_none_are_refused(predictor, image, boxes, told):
    with pytest.raises(FacepointsError, match=told):
        predictor.predict(image, np.array(boxes))


def test_one_pixel_and_a_huge_image_hold_no_face(predictor):
    assert len(predictor.predict(np.zeros((1, 1, 3), np.uint8))) == 0
    assert len(predictor.predict(np.zeros((10_000, 10_000, 3), np.uint8))) == 0


def test_files_that_are_no_model_of_ours_are_refused(tmp_path):
    with pytest.raises(FacepointsError, match=r"none\.onnx: no such file"):
        Predictor(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(FacepointsError, match=r"text\.onnx: no ONNX model that can be read"):
        Predictor(tmp_path / "text.onnx")
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    other = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "other", [value], [other]
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=opset), tmp_path / "other.onnx")
    with pytest.raises(
        FacepointsError, match=r"other\.onnx: an ONNX file without a facepoints model card"
    ):
        Predictor(tmp_path / "other.onnx")


def test_predicting_needs_the_base_packages_alone(file, image, tmp_path):
    cv2.imwrite(str(tmp_path / "image.png"), image)
    script = f"""
import sys
import cv2
from facepoints.inference.predictor import Predictor
Predictor({str(file)!r}).predict(cv2.imread({str(tmp_path / "image.png")!r})[..., ::-1])
heavy = {{"torch", "onnx", "pydantic", "pandas", "pyarrow", "matplotlib", "dvc", "scipy"}}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
