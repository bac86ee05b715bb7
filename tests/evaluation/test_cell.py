import dataclasses
import json

import cv2
import numpy as np
import pandas as pd
import pytest
import torch

from facepoints import FacepointsError
from facepoints.evaluation.cell import evaluate, spread
from facepoints.evaluation.points import match
from facepoints.evaluation.score import errors, normaliser_name, score
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import HeadSettings, LossSettings, ModelSettings
from facepoints.schemes.library import load
from facepoints.store.faces import decode, mean_shape, photo_points

SETTINGS = EvaluationSettings(normaliser=None, resamples=200, sheet_faces=6, threads=1)
IBUG = load("ibug68")


@pytest.fixture(scope="module")
def model(store):
    """Untrained: it predicts the mean shape, so that its NME must be the baseline's."""
    settings = ModelSettings(
        backbone="mobilenet_v3_small",
        weights="none",
        input=64,
        normalise="half",
        batch_norm_momentum=None,
        head=HeadSettings(name="regression", pool="average", sigmoid=False, dropout=0.0),
        loss=LossSettings(name="l1", unit="view"),
    )
    return LandmarkModel(settings, torch.from_numpy(mean_shape(store)), 64).eval()


def test_what_a_cell_leaves_on_disk(store, model, tmp_path):
    results, predictions = tmp_path / "results" / "cell", tmp_path / "predictions" / "cell.parquet"
    metrics = evaluate(model, IBUG, store, SETTINGS, "hash", results, predictions)
    written = json.loads(results.with_suffix(".json").read_text())
    assert written == metrics
    assert metrics["nme"] == pytest.approx(metrics["baseline_nme"], rel=1e-4)
    assert metrics["nme_low"] < metrics["nme"] < metrics["nme_high"]
    assert metrics["faces"] + metrics["left_out"] == len(store.face)
    assert (metrics["normaliser"], metrics["test"]) == ("inter_ocular", "hash")
    curve = pd.read_csv(results.with_suffix(".csv"))
    assert list(curve.columns) == ["error", "share"]
    assert curve["share"].is_monotonic_increasing
    sheet = cv2.imread(str(results.with_suffix(".jpg")))
    assert sheet.shape[:2] == (2 * 80, 4 * 80)  # six faces, four in a row, view 64 + 2 × 8
    table = pd.read_parquet(predictions)
    assert table["face"].tolist() == store.face
    assert table["nme"].mean() == pytest.approx(metrics["nme"])


def test_a_perfect_prediction_has_no_error_and_a_shift_is_counted_in_photo_pixels(store):
    true = photo_points(decode(store, 32).points.numpy(), store)
    matched = match(IBUG, IBUG)
    perfect = errors(true, true, store, matched, "inter_ocular")
    shifted = errors(true + np.float32([3, 4]), true, store, matched, "inter_ocular")
    metrics = score(perfect, shifted, store, SETTINGS)
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
    metrics = score(found, found, parted, SETTINGS)
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
    for test, names in (("hash", {"camera_a"}), ("official", {"camera_a", "common"})):
        metrics = evaluate(
            model, IBUG, parted, SETTINGS, test, tmp_path / test, tmp_path / "predictions.parquet"
        )
        assert set(metrics["subset"]) == names


def test_the_sheet_shows_no_face_that_cannot_be_scored():
    nme = np.array([3.0, np.nan, 1.0, 2.0])
    assert spread(nme, 4) == [2, 3, 0]


def test_equal_faces_give_equal_ids_in_any_order(store):
    true = photo_points(decode(store, 32).points.numpy(), store)
    found = errors(true, true, store, match(IBUG, IBUG), "inter_ocular")
    backwards = dataclasses.replace(store, face=store.face[::-1])
    ids = {score(found, found, part, SETTINGS)["faces_sha256"] for part in (store, backwards)}
    assert len(ids) == 1


def test_an_unknown_normaliser_is_refused(store):
    with pytest.raises(FacepointsError, match=r"no normaliser 'eyes' \(it has: inter_ocular"):
        normaliser_name(store, SETTINGS.model_copy(update={"normaliser": "eyes"}))


def test_across_schemes_the_points_that_both_name_are_compared():
    matched = match(load("muct76"), IBUG)
    assert dict(zip(matched.predicted, matched.true, strict=True)) == {
        27: 36, 29: 39, 34: 42, 32: 45, 48: 48, 54: 54, 67: 30, 7: 8,
    }  # fmt: skip
    assert matched.description.startswith("shared 8: ")


def test_schemes_without_common_points_are_refused():
    bare = dataclasses.replace(IBUG, name="bare", shared={})
    with pytest.raises(FacepointsError, match="name no common point"):
        match(bare, IBUG)
