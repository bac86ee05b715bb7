import json

import numpy as np
import pandas as pd
import pytest
import torch

from facepoints import FacepointsError
from facepoints.adaptation import scoring
from facepoints.adaptation.adapter import PENALTIES, Predicted, fitted, read, write
from facepoints.evaluation.points import match
from facepoints.evaluation.score import errors, score
from facepoints.models import weights
from facepoints.schemes.library import load
from facepoints.store.faces import mean_shape
from tests.evaluation.examples import SETTINGS, in_scheme, of

IBUG, MUCT = load("ibug68"), load("muct76")
HALF = 12


@pytest.fixture(params=[IBUG, MUCT], ids=lambda scheme: scheme.name)
def faces(request, store):
    """Faces with labels of a scheme, and iBUG's points where a net of another convention would see them.

    Its points lie off by a third of the eyes' distance to one side, whichever way the face lies.
    """
    labels = in_scheme(store, request.param)
    points = of(store)
    side = (points[:, 45] - points[:, 36])[:, None] / 3
    return labels, points + side


@pytest.fixture
def adapter(faces, store):
    labels, points = faces
    train, validation = (
        Predicted(labels.take(np.arange(*span)), points[slice(*span)])
        for span in ((0, HALF), (HALF, len(points)))
    )
    return fitted(mean_shape(store), IBUG, train, validation, SETTINGS)


def test_the_difference_of_two_conventions_is_learned(adapter):
    found = adapter.record
    assert found["after"] < 0.35 * found["before"]
    assert found["after_all"] < 0.35 * found["before"]
    assert (found["train_faces"], found["validation_faces"]) == (HALF, 12)
    assert found["penalty"] in PENALTIES


def test_the_file_says_all_and_the_same_adapter_gives_the_same_bytes(adapter, faces, tmp_path):
    for name in ("one", "two"):
        write(adapter, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = read(tmp_path / "one")
    assert (again.record, again.scheme) == (adapter.record, IBUG)
    np.testing.assert_array_equal(again.mean_shape, adapter.mean_shape)
    np.testing.assert_array_equal(again.regressor(faces[1]), adapter.regressor(faces[1]))


def test_another_file_is_told(tmp_path):
    (tmp_path / "a").write_bytes(b"?")
    with pytest.raises(FacepointsError, match="a: no readable weights"):
        read(tmp_path / "a")
    weights.write(tmp_path / "b", {"mean_shape": torch.zeros(3, 2)}, {"scheme": IBUG.to_json()})
    with pytest.raises(FacepointsError, match="b: expected what the adapt stage writes"):
        read(tmp_path / "b")


def test_adapted_points_are_measured_as_the_cell_s_own(adapter, faces, store, tmp_path):
    labels, points = faces
    results = tmp_path / "cell+adapted"
    metrics = scoring.evaluate(adapter, Predicted(labels, points), SETTINGS, "hash", results)
    assert json.loads(results.with_suffix(".json").read_text()) == metrics
    for ending in (".csv", ".jpg", "-worst.jpg"):
        assert results.with_name(f"cell+adapted{ending}").is_file()

    matched = match(IBUG, labels.scheme)
    mean = np.broadcast_to(mean_shape(store), points.shape)
    name = metrics["normaliser"]
    own, baseline = (
        errors(each, of(labels), labels, matched, name)
        for each in (points, scoring.photo_points(mean, labels))
    )
    plain = score(own, baseline, labels, 200)
    assert metrics["baseline_nme"] == plain["baseline_nme"]  # the mean shape is the cell's
    assert metrics["faces_sha256"] == plain["faces_sha256"]
    assert metrics["nme"] < 0.35 * plain["nme"]
    assert (metrics["scheme"], metrics["points"]) == (matched.schemes, matched.description)
    assert metrics["convention"] == labels.scheme.convention
    assert metrics["last"] is None
    assert metrics["adaptation"] == adapter.record
    # Where the data set has points of its own, they are scored too.
    assert (metrics["nme_all"] is None) == (labels.scheme == IBUG)
    assert metrics["nme_all"] is None or metrics["nme_all"] < 0.35 * plain["nme"]


def test_predictions_are_those_of_the_same_faces(store, tmp_path):
    flat = of(store).reshape(len(store.face), -1)
    pd.DataFrame({"face": store.face, "landmarks": list(flat)}).to_parquet(tmp_path / "p.parquet")
    np.testing.assert_array_equal(
        scoring.predictions(tmp_path / "p.parquet", store).points, of(store)
    )
    fewer = store.take(np.arange(5))
    with pytest.raises(FacepointsError, match="of the test split's 5 faces, found 24 of others"):
        scoring.predictions(tmp_path / "p.parquet", fewer)
    with pytest.raises(FacepointsError, match="q.parquet: cannot be read"):
        scoring.predictions(tmp_path / "q.parquet", store)
