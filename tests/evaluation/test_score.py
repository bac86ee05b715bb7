"""The numbers of a test split, by hand and against a few lines of numpy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.crops.settings import CropSettings
from facepoints.evaluation.metrics import ced
from facepoints.evaluation.parts import by_visibility, drawing, landmarks, regions
from facepoints.evaluation.points import match
from facepoints.evaluation.score import errors, per_face, score, scores
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import Crops
from facepoints.store.spool import Spool
from tests.conftest import CROP

FOUR = Scheme(
    "four",
    4,
    groups={"eyes": (0, 1), "nose": (2,), "mouth": (3,)},
    normalisers={"inter_ocular": ((0,), (1,))},
    regions={"eyes": ("eyes",), "rest": ("nose", "mouth")},
)
MATCHED = match(FOUR, FOUR)
FACE = np.array([[0, 0], [10, 0], [5, 5], [5, 10]], np.float32)


def faces(true, labelled=None, occlusion=None, subsets=None):
    """Faces whose views are their photos; points in photo pixels."""
    count, points = true.shape[:2]
    return Crops(
        scheme=FOUR,
        settings=CropSettings(**{key: getattr(CROP, key) for key in CropSettings.model_fields}),
        face=[f"{index:03}.jpg" for index in range(count)],
        crop=Spool.of([b""] * count),
        landmarks=true,
        labelled=np.ones((count, points), bool) if labelled is None else labelled,
        occlusion=np.full((count, points), -1, np.int8) if occlusion is None else occlusion,
        affine=np.tile(np.eye(2, 3), (count, 1, 1)),
        landmark_box=np.zeros((count, 4), np.float32),
        rule=["landmarks"] * count,
        split=[None] * count,
        subsets=subsets or [[]] * count,
        group=[str(index) for index in range(count)],
    )


def compared(predicted, store):
    return errors(predicted, store.landmarks, store, MATCHED, "inter_ocular")


@pytest.fixture
def three():
    """NMEs of 3, 10 and 12 percent; the last face lacks its mouth, whose prediction is far off."""
    true = np.stack([FACE, 2 * FACE, FACE])
    predicted = true.copy()
    predicted[0] += np.float32([0.18, 0.24])  # 0.3 of 10
    predicted[1, 2:] += np.float32([0, 4])  # 0, 0, 4, 4 of 20
    predicted[2, :3] += np.float32([-1.2, 0])
    predicted[2, 3] += 100
    labelled = np.ones((3, 4), bool)
    labelled[2, 3] = False
    occlusion = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [-1, -1, -1, -1]], np.int8)
    store = faces(true, labelled, occlusion, [["a"], ["a", "b"], []])
    return compared(predicted, store), store


def test_three_faces_by_hand(three):
    found, store = three
    metrics = score(found, found, store, 200)
    assert metrics["nme"] == pytest.approx(25 / 3, rel=1e-6)
    assert metrics["failure_rate"] == pytest.approx(100 / 3)  # 10.0 is no failure
    assert metrics["failure_rate_8"] == pytest.approx(200 / 3)
    assert metrics["auc"] == pytest.approx(0.7 / 3, rel=1e-5)
    assert metrics["auc_8"] == pytest.approx((1 - 3 / 8) / 3, rel=1e-5)
    assert metrics["subset"]["a"]["nme"] == pytest.approx(6.5, rel=1e-6)
    assert metrics["subset"]["b"]["nme"] == pytest.approx(10, rel=1e-6)
    assert metrics["subset"]["b"]["nme_low"] is None  # one face
    # Boxes of 10 × 10, 20 × 20 and, of three points, 10 × 5 pixels.
    box = (3 + 10 + 100 * 1.2 / math.sqrt(50)) / 3
    assert metrics["nme_box"] == pytest.approx(box, rel=1e-5)
    shares = ced(per_face(found, store).nme, np.array([2.9, 3.1, 9.9, 10.1, 11.9, 12.1]))
    assert shares.tolist() == [0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1]


def test_where_errors_are_by_hand(three):
    found, store = three
    by_landmark = landmarks(found, MATCHED)
    assert by_landmark == pytest.approx({"0": 5, "1": 5, "2": 35 / 3, "3": 11.5}, rel=1e-5)
    by_region = regions(found, FOUR, MATCHED)
    assert by_region == pytest.approx({"eyes": 5, "rest": (3 + 20 + 12) / 3}, rel=1e-5)
    seen = by_visibility(found, store, MATCHED)
    assert seen["nme_seen"] == pytest.approx((3 + 20 / 3) / 2, rel=1e-5)
    assert seen["nme_hidden"] == pytest.approx(20, rel=1e-5)
    drawn = drawing(found, store, MATCHED)
    assert (drawn["indices"], drawn["lines"]) == ([0, 1, 2, 3], [[0, 1], [2], [3]])
    side = store.settings.side
    assert drawn["normaliser"] == pytest.approx(40 / 3 / side, abs=1e-5)
    assert drawn["points"][3] == pytest.approx([(7.5 + 0.5) / side, (15 + 0.5) / side], abs=1e-5)


def test_points_that_are_never_labelled_are_not_drawn(three):
    _, store = three
    store.labelled[:, 2] = False
    found = compared(store.landmarks, store)
    drawn = drawing(found, store, MATCHED)
    assert (drawn["indices"], drawn["lines"]) == ([0, 1, 3], [[0, 1], [2]])
    assert len(drawn["points"]) == 3
    assert list(landmarks(found, MATCHED)) == ["0", "1", "3"]


def test_tables_are_in_the_order_of_ids(three):
    found, store = three
    backwards = np.array([2, 1, 0])
    turned = store.take(backwards)
    again = per_face(compared(store.landmarks[backwards] + 1, turned), turned)
    assert again.face == per_face(found, store).face


coordinates = st.floats(-100, 100, width=32)


@st.composite
def predictions(draw):
    count = draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    true = rng.uniform(-100, 100, (count, 4, 2)).astype(np.float32)
    predicted = (true + rng.normal(0, draw(st.floats(0.01, 30)), true.shape)).astype(np.float32)
    labelled = rng.random((count, 4)) < draw(st.floats(0.5, 1))
    labelled[0] = True
    true[0, :2] = [[-50, 0], [50, 0]]  # the first can always be scored
    return predicted, true, labelled


@given(predictions())
def test_all_numbers_agree_with_a_few_lines_of_numpy(given_faces):
    predicted, true, labelled = given_faces
    store = faces(true, labelled)
    metrics = score(compared(predicted, store), compared(true, store), store, 100)
    nme = []
    for p, t, on in zip(predicted.astype(float), true.astype(float), labelled, strict=True):
        eyes = np.hypot(*(t[0] - t[1]))
        if on[0] and on[1] and eyes >= 0.05 * np.ptp(t[on], axis=0).max():
            nme.append(100 * np.hypot(*(p - t)[on].T).mean() / eyes)
    nme = np.array(nme)
    assert metrics["nme"] == pytest.approx(nme.mean())
    assert metrics["left_out"] == len(true) - len(nme)
    for suffix, limit in (("", 10), ("_8", 8)):
        assert metrics[f"failure_rate{suffix}"] == pytest.approx(100 * (nme > limit).mean())
        assert metrics[f"auc{suffix}"] == pytest.approx(np.clip(1 - nme / limit, 0, None).mean())
    curve = ced(per_face(compared(predicted, store), store).nme, np.array([0.0, 5, 10, 20]))
    assert curve.tolist() == [(nme <= limit).mean() for limit in (0, 5, 10, 20)]


@given(predictions(), st.floats(-3, 3), st.floats(0.1, 10), coordinates, coordinates)
def test_moving_turning_and_scaling_everything_changes_no_number(
    given_faces, angle, factor, right, down
):
    predicted, true, labelled = given_faces
    turn = factor * np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    )
    before = compared(predicted.astype(np.float64), faces(true.astype(np.float64), labelled))
    moved = faces(true.astype(np.float64) @ turn.T + [right, down], labelled)
    after = compared(predicted.astype(np.float64) @ turn.T + [right, down], moved)
    # A face is left out where its eyes are close beside its upright box, which turning changes.
    both = np.isfinite(before.nme) & np.isfinite(after.nme)
    np.testing.assert_allclose(after.nme[both], before.nme[both], rtol=1e-6)
    assert both[0]


def test_points_that_are_no_numbers_are_refused(three):
    found, store = three
    predicted = store.landmarks.copy()
    predicted[1, 1] = np.nan
    with pytest.raises(FacepointsError, match="predicts points that are no numbers"):
        score(compared(predicted, store), found, store, 100)


def test_faces_that_cannot_be_scored_are_refused_together():
    store = faces(np.stack([FACE]), np.array([[False, True, True, True]]))
    found = compared(store.landmarks, store)
    with pytest.raises(FacepointsError, match="none of the 1 faces can be scored"):
        score(found, found, store, 100)


def test_intervals_rest_on_groups():
    rng = np.random.default_rng(0)
    values = np.repeat(rng.gamma(4, 1, 50), 10)
    true = np.tile(FACE, (500, 1, 1))
    predicted = true + (np.float32([0.1, 0]) * values[:, None, None]).astype(np.float32)
    alone = faces(true)
    together = faces(true)
    together.group[:] = [str(index // 10) for index in range(500)]
    widths = []
    for store in (alone, together):
        found = scores(per_face(compared(predicted, store), store), 500)
        assert found["nme_low"] < found["nme"] < found["nme_high"]
        widths.append((found["nme_high"] - found["nme_low"], found["groups"]))
    assert [count for _, count in widths] == [500, 50]
    assert widths[1][0] > 2 * widths[0][0]
