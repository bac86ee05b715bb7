import numpy as np
import pytest

from facepoints.evaluation.exported import Measure, exported, looks, validation_nme, view_points
from facepoints.evaluation.points import match
from facepoints.inference.predictor import Predictor
from facepoints.models.predicting import predict
from facepoints.store.faces import decode


class Views:
    """A detector that draws the crops' views, out of place by a tenth of them and a quarter too large."""

    name = "views"

    def boxes(self, image):
        side = 64
        low = (len(image) - side * 1.25) / 2 - 0.5
        return np.array([[low + 6.4, low, low + 80 + 6.4, low + 80]], np.float32)


class Nothing:
    name = "nothing"

    def boxes(self, _):
        return np.empty((0, 4), np.float32)


@pytest.fixture(scope="module")
def predictors(handed):
    return {name: Predictor(path, threads=1) for name, path in handed.items()}


@pytest.fixture(scope="module")
def measure(store):
    return Measure(store, match(store.scheme, store.scheme), "inter_ocular", 100)


def test_onnx_gives_the_landmarks_of_pytorch(predictors, trained, store):
    given = view_points(predictors["fp32"].run, 64, store)
    expected = predict(trained.model, decode(store, 64)).points
    # ONNX gets whole pixel values, PyTorch what the resampling gives.
    assert np.abs(given - expected.numpy()).max() * 64 < 0.3


def test_each_precision_is_scored_in_exact_boxes(predictors, measure):
    rows = exported(predictors, [Nothing()], measure)
    assert [(row["precision"], row["boxes"], row["missed"]) for row in rows] == [
        ("fp32", "exact", 0),
        ("int8", "exact", 0),
        ("fp16", "exact", 0),
    ]
    assert rows[2]["nme"] == pytest.approx(rows[0]["nme"], abs=0.02)
    assert rows[0]["nme"] != rows[1]["nme"]


def test_boxes_that_are_off_cost_less_when_corrected(predictors, measure, store):
    predictor = predictors["fp32"]
    shift, scale = (-0.08, 0.0), (0.8, 0.8)
    correction = type(predictor.card.corrections["landmarks"])(shift, scale, True)
    predictor.card.corrections["views"] = correction
    try:
        rows = exported({"fp32": predictor}, [Views()], measure)
        boxes = [np.array([1.9, -8.5, 81.9, 71.5], np.float32), *[None] * 23]
        points = looks(predictor, Views(), store, boxes)
    finally:
        del predictor.card.corrections["views"]
    names = ["exact", "views as it is", "views corrected", "views, second look"]
    assert [row["boxes"] for row in rows] == names
    exact, plain, corrected, again = (row["nme"] for row in rows)
    assert corrected == pytest.approx(exact, rel=0.05)
    assert plain > 1.2 * exact
    assert again < plain
    assert all(each.shape == (1, 68, 2) for each in points.values())


def test_a_card_s_error_is_that_of_the_validation_faces(predictors, store):
    nme = validation_nme(predictors["fp32"].run, 64, store.first(9))
    assert nme == predictors["fp32"].card.content["nme"]
    assert nme["faces"] == 9
    assert nme["split"] == "validation"
