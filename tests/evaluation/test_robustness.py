import numpy as np
import pytest
import torch

from facepoints.evaluation.points import match
from facepoints.evaluation.robustness import changed, robustness, sample
from facepoints.evaluation.score import errors
from facepoints.evaluation.settings import RobustnessSettings
from facepoints.schemes.library import load
from facepoints.store.faces import Faces, decode, mean_shape, photo_points
from tests.evaluation.examples import OFF, SETTINGS
from tests.evaluation.test_cell import untrained

IBUG = load("ibug68")
SIDE = 64


@pytest.fixture(scope="module")
def faces(store):
    return decode(store, SIDE)


def middle(images):
    """Without the border, where what is beyond the crop would count."""
    return images[:, :, 8:-8, 8:-8].float()


def test_boxes_are_off_by_exactly_so_much(faces):
    count = len(faces)
    linear = changed(faces, "rotation", 30, SIDE)[1][:, :2, :2]
    np.testing.assert_allclose(linear[:, 0, 0], np.cos(np.pi / 6), rtol=1e-6)
    assert {round(float(each), 3) for each in linear[:, 1, 0]} == {-0.5, 0.5}
    sides = 1 / changed(faces, "scale", 20, SIDE)[1][:, 0, 0]
    assert {round(float(each), 4) for each in sides} == {0.8, 1.2}
    moved = changed(faces, "shift", 10, SIDE)[1][:, :2, 2].numpy()
    np.testing.assert_allclose(np.hypot(*moved.T), 0.1, rtol=1e-5)
    assert len(np.unique(np.arctan2(*moved.T).round(4))) == count


@pytest.mark.parametrize("kind", ["rotation", "scale", "shift"])
def test_points_move_with_the_picture(faces, kind):
    """A bright square at a place near the middle lies where the moved point says."""
    crops = torch.zeros_like(faces.crops)
    span, side = 1 + 2 * faces.margin, crops.shape[-1]
    points = torch.rand(len(faces), 1, 2, generator=torch.Generator().manual_seed(0)) * 0.3 + 0.35
    for image, point in zip(crops, points[:, 0], strict=True):
        x, y = ((point + faces.margin) / span * side - 0.5).round().int().tolist()
        image[:, y - 3 : y + 4, x - 3 : x + 4] = 255
    seen, _ = changed(Faces(crops, points, faces.labelled, faces.margin), kind, 20, SIDE)
    assert seen.margin == 0
    light = seen.crops[:, 0].double()
    places = (torch.arange(SIDE) + 0.5) / SIDE
    total = light.sum(dim=(1, 2))
    x = (light.sum(dim=1) * places).sum(dim=1) / total
    y = (light.sum(dim=2) * places).sum(dim=1) / total
    found = torch.stack([x, y], dim=1)
    torch.testing.assert_close(found.float(), seen.points[:, 0], atol=1.2 / SIDE, rtol=0)


def test_what_is_drawn_for_a_face_is_the_same_at_all_strengths(faces):
    for kind in ("rotation", "shift"):
        weak, strong = (changed(faces, kind, strength, SIDE)[1] for strength in (5, 20))
        part = (slice(None), 1, 0) if kind == "rotation" else (slice(None), slice(2), 2)
        assert (weak[part].sign() == strong[part].sign()).all()
    twice = [changed(faces, "noise", 10, SIDE)[0].crops for _ in range(2)]
    assert torch.equal(*twice)


def test_pictures_become_worse_by_exactly_so_much(faces):
    plain = changed(faces, "clean", 0, SIDE)[0].crops
    dark = changed(faces, "darkness", 80, SIDE)[0].crops
    assert (dark.float() - 0.2 * plain.float()).abs().max() <= 0.5 + 1e-3
    difference = middle(changed(faces, "noise", 10, SIDE)[0].crops) - middle(plain)
    inside = (middle(plain) > 80) & (middle(plain) < 175)  # where nothing is cut off
    assert difference[inside].std() == pytest.approx(25.5, rel=0.05)
    covered = (changed(faces, "occlusion", 25, SIDE)[0].crops != plain).any(dim=1).float()
    assert 0.1 < covered.mean() <= 0.27  # part of it may lie beyond the view
    edges = [
        (middle(changed(faces, "blur", sigma, SIDE)[0].crops).diff(dim=3)).abs().mean()
        for sigma in (1, 3)
    ]
    assert edges[1] < edges[0] < middle(plain).diff(dim=3).abs().mean()
    losses = [
        (changed(faces, "jpeg", quality, SIDE)[0].crops.float() - plain.float()).abs().mean()
        for quality in (90, 10)
    ]
    assert 0 < losses[0] < losses[1]


def test_a_net_that_does_not_look_is_wrong_by_how_far_boxes_are_off(store, faces):
    """It predicts the mean shape in every view: shifted views shift its points."""
    on = OFF.model_copy(update={"enabled": True, "faces": 200})
    settings = SETTINGS.model_copy(update={"robustness": on})
    model = untrained(store)
    rows = robustness(model, IBUG, store, settings, match(IBUG, IBUG), "inter_ocular")
    assert [(row["kind"], row["strength"]) for row in rows] == [
        ("clean", 0),
        ("rotation", 30),
        ("shift", 10),
        ("jpeg", 20),
    ]
    true = photo_points(faces.points.numpy(), store)
    shift = changed(faces, "shift", 10, SIDE)[1][:, None, :2, 2].numpy()
    back = photo_points(mean_shape(store) - shift, store)
    expected = errors(back, true, store, match(IBUG, IBUG), "inter_ocular").nme
    assert rows[2]["nme"] == pytest.approx(np.nanmean(expected), rel=1e-4)
    assert rows[2]["nme"] > rows[0]["nme"]
    assert rows[3]["nme"] == pytest.approx(rows[0]["nme"])
    assert rows[0]["nme_low"] < rows[0]["nme"] < rows[0]["nme_high"]


def test_the_sample_is_the_same_for_all_models_and_in_order():
    chosen = sample(1000, 200)
    assert len(set(chosen.tolist())) == 200
    assert (np.diff(chosen) > 0).all()
    np.testing.assert_array_equal(chosen, sample(1000, 200))
    assert sample(7, 200).tolist() == list(range(7))


def test_more_than_sixteen_strengths_are_refused():
    with pytest.raises(ValueError, match="at most 16 strengths in all; found 17"):
        RobustnessSettings(**{**OFF.model_dump(), "noise": list(range(1, 15))})
