import dataclasses
import json
from itertools import product

import cv2
import numpy as np
import pandas as pd
import pytest
import torch

from facepoints import FacepointsError
from facepoints.evaluation.cell import evaluate
from facepoints.evaluation.face_errors import parse
from facepoints.evaluation.points import match
from facepoints.evaluation.predictions import points_of
from facepoints.evaluation.score import errors, nme_of, normaliser_name, score
from facepoints.evaluation.sheet import spread
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import LossSettings, ModelSettings, RegressionSettings
from facepoints.schemes.library import load, names
from facepoints.schemes.scheme import Scheme
from facepoints.store.faces import decode, mean_shape, photo_points
from tests.evaluation.examples import SETTINGS, in_scheme, of
from tests.models.examples import settings

IBUG = load("ibug68")
L1 = LossSettings(name="l1", unit="view")


@pytest.fixture(scope="module")
def model(store):
    return untrained(store)


def untrained(store, loss=L1):
    """It predicts the mean shape, so that its NME must be the baseline's."""
    settings = ModelSettings(
        backbone="mobilenet_v3_small",
        weights="none",
        freeze=False,
        input=64,
        normalise="half",
        batch_norm_momentum=None,
        learning_rate=None,
        head=RegressionSettings(name="regression", pool="average", sigmoid=False, dropout=0.0),
        loss=loss,
    )
    return LandmarkModel(settings, torch.from_numpy(mean_shape(store)), 64).eval()


def test_what_a_cell_leaves_on_disk(store, model, tmp_path):
    results, predictions = tmp_path / "results" / "cell", tmp_path / "predictions" / "cell.parquet"
    metrics = evaluate(model, model, IBUG, store, SETTINGS, "hash", results, predictions)
    written = json.loads(results.with_suffix(".json").read_text())
    assert written == metrics
    assert metrics["nme"] == pytest.approx(metrics["baseline_nme"], rel=1e-4)
    assert metrics["nme_low"] < metrics["nme"] < metrics["nme_high"]
    assert metrics["faces"] + metrics["left_out"] == len(store.face)
    assert (metrics["normaliser"], metrics["test"]) == ("inter_ocular", "hash")
    errors_of_faces = parse(results.with_suffix(".csv").read_text(), "cell.csv")
    assert errors_of_faces.nme.mean() == pytest.approx(metrics["nme"], abs=1e-6)
    assert len(errors_of_faces.face) == metrics["faces"]
    sheet = cv2.imread(str(results.with_suffix(".jpg")))
    assert sheet.shape[:2] == (2 * 80, 4 * 80)  # six faces, four in a row, view 64 + 2 × 8
    worst = cv2.imread(str(tmp_path / "results" / "cell-worst.jpg"))
    assert worst.shape[:2] == (4 * 176, 6 * 176)
    assert len(metrics["worst"]) == metrics["faces"] <= 24
    assert metrics["worst"][0]["nme"] == pytest.approx(errors_of_faces.nme.max(), abs=1e-6)
    assert list(metrics["landmark"]) == [str(index) for index in metrics["shape"]["indices"]]
    assert len(metrics["shape"]["points"]) == 68
    assert metrics["robustness"] == []
    table = pd.read_parquet(predictions)
    assert table["face"].tolist() == store.face
    assert table["nme"].mean() == pytest.approx(metrics["nme"])


def test_a_perfect_prediction_has_no_error_and_a_shift_is_counted_in_photo_pixels(store):
    true = photo_points(decode(store, 32).points.numpy(), store)
    matched = match(IBUG, IBUG)
    perfect = errors(true, true, store, matched, "inter_ocular")
    shifted = errors(true + np.float32([3, 4]), true, store, matched, "inter_ocular")
    metrics = score(perfect, shifted, store, 200)
    assert metrics["nme"] == 0
    assert metrics["auc"] == 1
    divisor = shifted.divisor[np.isfinite(shifted.divisor)]
    assert metrics["baseline_nme"] == pytest.approx(np.mean(500 / divisor), rel=1e-4)


def test_subsets_are_scored_apart(store):
    true = photo_points(decode(store, 32).points.numpy(), store)
    parted = dataclasses.replace(
        store, subsets=[["even"] if index % 2 == 0 else [] for index in range(len(store.face))]
    )
    predicted = true.copy()
    predicted[1::2] += 50
    found = errors(predicted, true, parted, match(IBUG, IBUG), "inter_ocular")
    metrics = score(found, found, parted, 200)
    assert metrics["subset"]["even"]["nme"] == 0
    assert metrics["nme"] > 0


def test_parts_of_the_official_test_split_are_not_named_in_one_drawn_by_hash(
    store, model, tmp_path
):
    count = len(store.face)
    parted = dataclasses.replace(
        store,
        split=["test" if index % 2 else None for index in range(count)],
        subsets=[["common"] if index % 2 else ["camera_a"] for index in range(count)],
    )
    for test, subsets in (("hash", {"camera_a"}), ("official", {"camera_a", "common"})):
        metrics = evaluate(
            model,
            model,
            IBUG,
            parted,
            SETTINGS,
            test,
            tmp_path / test,
            tmp_path / "predictions.parquet",
        )
        assert set(metrics["subset"]) == subsets


def test_the_sheet_shows_no_face_that_cannot_be_scored():
    nme = np.array([3.0, np.nan, 1.0, 2.0])
    assert spread(nme, 4) == [2, 3, 0]


def test_equal_faces_give_equal_ids_in_any_order(store):
    true = photo_points(decode(store, 32).points.numpy(), store)
    found = errors(true, true, store, match(IBUG, IBUG), "inter_ocular")
    backwards = dataclasses.replace(store, face=store.face[::-1])
    ids = {score(found, found, part, 200)["faces_sha256"] for part in (store, backwards)}
    assert len(ids) == 1


def test_an_unknown_normaliser_is_refused(store):
    with pytest.raises(
        FacepointsError, match=r"no normaliser 'eyes' \(it has: inter_ocular, inter_pupil, box"
    ):
        normaliser_name(store, SETTINGS.model_copy(update={"normaliser": "eyes"}))


PAIRS = list(product(names(), repeat=2))


@pytest.mark.parametrize(("predicted", "true"), PAIRS)
@pytest.mark.parametrize("normaliser", [None, "box"])
def test_a_perfect_prediction_has_no_error_under_every_mapping(store, predicted, true, normaliser):
    own, other = in_scheme(store, load(predicted)), in_scheme(store, load(true))
    settings = SETTINGS.model_copy(update={"normaliser": normaliser})
    name = normaliser_name(other, settings)
    matched = match(own.scheme, other.scheme)
    perfect = errors(of(own), of(other), other, matched, name)
    mean = np.broadcast_to(of(own).mean(axis=0), of(own).shape)
    baseline = errors(mean, of(other), other, matched, name)
    metrics = score(perfect, baseline, other, 200)
    assert metrics["nme"] == pytest.approx(0, abs=1e-4)
    inner = nme_of(perfect, np.isin(np.arange(len(matched.true)), matched.inner))
    assert (inner is None) == ("muct76" in (predicted, true))
    assert inner is None or inner == pytest.approx(0, abs=1e-4)
    assert metrics["nme_box"] == pytest.approx(0, abs=1e-4)
    assert 0 < metrics["baseline_nme"] < 1000


@pytest.mark.parametrize(
    ("predicted", "true"),
    [("muct76", "ibug68"), ("wflw98", "muct76"), ("synthetics70", "wflw98"), ("ibug68", "wflw98")],
)
def test_a_model_of_one_scheme_is_scored_on_another(store, tmp_path, predicted, true):
    own, other = in_scheme(store, load(predicted)), in_scheme(store, load(true))
    metrics = evaluate(
        untrained(own),
        untrained(own),
        own.scheme,
        other,
        SETTINGS,
        "all",
        tmp_path / "cell",
        tmp_path / "p.parquet",
    )
    assert metrics["nme"] == pytest.approx(metrics["baseline_nme"], rel=1e-3)
    assert metrics["scheme"] == f"{predicted} → {true}"
    assert metrics["convention"] == match(own.scheme, other.scheme).convention
    table = pd.read_parquet(tmp_path / "p.parquet")
    assert len(table["landmarks"][0]) == 2 * own.scheme.points
    assert len(table["errors"][0]) == len(match(own.scheme, other.scheme).true)


def test_a_scheme_without_normalisers_is_scored_by_the_box(store):
    plain = dataclasses.replace(store, scheme=Scheme("plain", 68))
    assert normaliser_name(plain, SETTINGS) == "box"
    found = errors(of(plain) + 1, of(plain), plain, match(plain.scheme, plain.scheme), "box")
    metrics = score(found, found, plain, 200)
    assert metrics["nme"] == pytest.approx(metrics["nme_box"])


def test_unlabelled_points_and_faces_without_any_compared_point_are_left_out(store):
    muct = load("muct76")
    labelled = np.ones((len(store.face), muct.points), bool)
    labelled[0, list(muct.shared.values())] = False  # nothing that a model of 68 points has
    labelled[1:, muct.shared["chin"]] = False
    other = in_scheme(store, muct, labelled)
    predicted = of(store)
    predicted[:, 8] += 100  # the chin
    found = errors(predicted, of(other), other, match(IBUG, muct), "box")
    metrics = score(found, found, other, 200)
    assert metrics["left_out"] == 1
    assert metrics["nme"] == pytest.approx(0, abs=1e-4)


def test_the_inner_points_leave_out_the_jaw(store):
    predicted = of(store)
    predicted[:, :17] += 20
    matched = match(IBUG, IBUG)
    found = errors(predicted, of(store), store, matched, "inter_ocular")
    inner = nme_of(found, np.isin(np.arange(68), matched.inner))
    assert inner == pytest.approx(0, abs=1e-4)
    assert score(found, found, store, 200)["nme"] > 1


def test_uncertainty_is_measured_drawn_and_written(store, tmp_path):
    one = untrained(store, LossSettings(name="gaussian_nll", unit="view"))
    metrics = evaluate(
        one, one, IBUG, store, SETTINGS, "hash", tmp_path / "cell", tmp_path / "p.parquet"
    )
    found = metrics["uncertainty"]
    # Every point has a deviation of 0.03 views, and the floor of 0.001; in percent of the outer eye corners' distance.
    variance = 0.03**2 + 0.001**2
    points = (store.landmarks + 0.5) / store.settings.side
    eyes = np.linalg.norm(points[:, 36] - points[:, 45], axis=1)
    usable = np.isfinite(errors_of(one, store).divisor)
    assert found["deviation"] == pytest.approx(
        np.mean(100 * np.sqrt(variance) / eyes[usable]), rel=1e-4
    )
    away = np.linalg.norm(mean_shape(store) - points, axis=-1)[usable]
    expected = np.mean(away**2 / variance <= -2 * np.log(0.1))
    assert found["inside_90"] == pytest.approx(expected, abs=1e-3)
    table = pd.read_parquet(tmp_path / "p.parquet")
    scale = np.linalg.inv(store.affine[0, :, :2])[0, 0] * store.settings.side
    first = table["covariance"][0].reshape(68, 2, 2)
    np.testing.assert_allclose(first[0], np.eye(2) * variance * scale**2, rtol=1e-4)
    plain = untrained(store)
    evaluate(
        plain, plain, IBUG, store, SETTINGS, "hash", tmp_path / "plain", tmp_path / "q.parquet"
    )
    drawn, bare = (cv2.imread(str(tmp_path / f"{name}.jpg")) for name in ("cell", "plain"))
    assert (cv2.absdiff(drawn, bare) > 60).any()


def errors_of(model, store):
    mean = np.broadcast_to(model.mean_shape.numpy(), store.landmarks.shape)
    true = of(store)
    return errors(photo_points(mean, store), true, store, match(IBUG, IBUG), "inter_ocular")


def test_the_last_epoch_is_scored_too(store, model, tmp_path):
    """A best epoch that predicts the mean shape, and a last one that is a view away from it."""
    away = untrained(store)
    with torch.no_grad():
        away.head.dense.bias += 1.0
    arguments = (IBUG, store, SETTINGS, "hash", tmp_path / "cell", tmp_path / "p.parquet")
    metrics = evaluate(model, away, *arguments)
    assert metrics["last"]["nme"] > 3 * metrics["nme"]
    assert metrics["last"]["faces"] == metrics["faces"]
    same = evaluate(model, model, *arguments)
    assert same["last"]["nme"] == same["nme"]


def test_flip_averaging_makes_mirrored_faces_equal(store):
    """With it, a face and its mirror image get mirrored points, whatever the model."""
    torch.manual_seed(0)
    one = untrained(store)
    with torch.no_grad():
        one.head.dense.weight.normal_(std=0.01)
    flipped = SETTINGS.model_copy(update={"flip_average": True})
    mirror = torch.tensor(IBUG.mirror)
    faces = decode(store, 64)
    turned = dataclasses.replace(faces, crops=faces.crops.flip(3))
    points = points_of(one, faces, IBUG, flipped).points
    back = points_of(one, turned, IBUG, flipped).points[:, mirror]
    back = torch.stack([1 - back[..., 0], back[..., 1]], dim=-1)
    torch.testing.assert_close(points, back, atol=1e-4, rtol=0)
    plain = points_of(one, faces, IBUG, SETTINGS).points
    assert (plain - points).abs().max() > 1e-3
    with pytest.raises(FacepointsError, match="flip_average: scheme plain has no mirror"):
        points_of(one, faces, Scheme("plain", 68), flipped)


def test_a_net_that_is_always_sure_is_told_that_it_is_wrong(store, tmp_path):
    """All weight of each map in one cell, so no covariance at all; the points are a random net's."""
    torch.manual_seed(0)
    sure = LandmarkModel(settings(name="soft_argmax"), torch.from_numpy(mean_shape(store)), 64)
    with torch.no_grad():
        sure.head.dense.weight *= 1e6
    arguments = (IBUG, store, SETTINGS, "hash", tmp_path / "cell", tmp_path / "p.parquet")
    metrics = evaluate(sure, sure, *arguments)
    assert metrics["uncertainty"]["inside_90"] < 0.02
    assert metrics["uncertainty"]["learnt"] is False


def test_uncertainty_that_cannot_be_ordered_has_no_rank_correlation(store, tmp_path):
    one = untrained(store, LossSettings(name="gaussian_nll", unit="view"))
    arguments = (IBUG, store.take(np.array([0, 0, 0])), SETTINGS, "hash")
    metrics = evaluate(one, one, *arguments, tmp_path / "cell", tmp_path / "p.parquet")
    assert metrics["uncertainty"]["rank_correlation"] is None


def test_certainty_is_ranked_by_what_a_user_sees(store, tmp_path):
    """Equal deviations in the view, whatever the size of a face's normaliser: no order among the faces."""
    one = untrained(store, LossSettings(name="gaussian_nll", unit="view"))
    metrics = evaluate(
        one, one, IBUG, store, SETTINGS, "hash", tmp_path / "cell", tmp_path / "p.parquet"
    )
    assert metrics["uncertainty"]["rank_correlation"] is None
    assert metrics["uncertainty"]["certain"]["100"] == pytest.approx(metrics["nme"])
