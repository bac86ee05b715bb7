import numpy as np
import pytest
import torch

from facepoints import FacepointsError
from facepoints.augment.pipeline import mirror_of, views
from facepoints.augment.settings import AugmentationSettings, Flip, Occlusion
from facepoints.augment.sheet import sheet, strip
from facepoints.schemes.scheme import Scheme
from facepoints.store import tiles
from facepoints.store.faces import Faces, decode
from tests.augment.examples import generator

SIDE, TILE = 64, 256  # enlarged four times


@pytest.fixture(scope="module")
def faces(store):
    return decode(store, SIDE)


def of(image, row, column):
    return image[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]


def places(points):
    return np.round(points.numpy() * TILE - 0.5).astype(int)


def test_a_sheet_has_a_row_per_transform_and_one_for_the_whole_set(named_sets, faces, store):
    for name, rows in {"none": 1, "geometric": 5, "strong": 16}.items():
        image = sheet(faces, store.scheme, named_sets[name], SIDE, generator())
        assert image.shape == (rows * TILE, 7 * TILE, 3)
        assert image.dtype == np.uint8


def test_the_first_column_is_the_view_with_its_points(faces, store):
    settings = AugmentationSettings(
        flip=Flip(probability=0.5), occlusion=Occlusion(probability=0.0, area=[0.1, 0.1])
    )
    image = sheet(faces, store.scheme, settings, SIDE, generator())
    plain = (views(faces.crops, SIDE, faces.margin) * 255).round().permute(0, 2, 3, 1).numpy()
    for row in range(3):  # a face per row
        tile = of(image, row, 0)
        same = (tile[::4, ::4] == plain[row]).all(axis=2)
        assert same.mean() > 0.8  # the rest are dots and the row's name
        x, y = places(faces.points[row]).T
        inside = (x >= 2) & (x < TILE - 2) & (y >= 2) & (y < TILE - 40)
        assert (tile[y[inside], x[inside]] == tiles.BLUE).all(axis=1).mean() > 0.95


def test_alone_a_transform_is_always_done_and_together_as_it_is_set(faces, store):
    settings = AugmentationSettings(flip=Flip(probability=0.0))
    image = sheet(faces, store.scheme, settings, SIDE, generator())
    for column in range(1, 7):
        flipped, together = of(image, 0, column), of(image, 1, column)
        plain = (views(faces.crops[:2], SIDE, faces.margin) * 255).round().permute(0, 2, 3, 1)
        close = np.abs(flipped[::4, ::-1][:, 3::4].astype(float) - plain[0].numpy()) <= 1
        assert close.all(axis=2).mean() > 0.8
        assert (together[::4, ::4] == plain[1].numpy()).all(axis=2).mean() > 0.8


def test_the_same_seed_draws_the_same_sheet(named_sets, faces, store):
    first, again, other = (
        sheet(faces, store.scheme, named_sets["all"], SIDE, generator(seed)) for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_strip_shows_twelve_faces_or_as_many_as_there_are(named_sets, faces, store):
    settings = named_sets["strong"]
    mirror = mirror_of(store.scheme, settings)
    assert strip(faces, mirror, settings, SIDE, generator()).shape == (2 * TILE, 6 * TILE, 3)
    few = Faces(faces.crops[:4], faces.points[:4], faces.labelled[:4], faces.margin)
    assert strip(few, mirror, settings, SIDE, generator()).shape == (TILE, 4 * TILE, 3)


def test_unlabelled_points_are_not_drawn(faces, store):
    none = Faces(faces.crops, faces.points, torch.zeros_like(faces.labelled), faces.margin)
    settings = AugmentationSettings()
    image = strip(none, mirror_of(store.scheme, settings), settings, SIDE, generator())
    plain = (views(faces.crops[:1], SIDE, faces.margin) * 255).round().permute(0, 2, 3, 1)
    assert np.array_equal(of(image, 0, 0)[::4, ::4], plain[0].numpy())


def test_a_flip_of_a_scheme_without_a_mirror_is_refused(named_sets, faces):
    with pytest.raises(FacepointsError, match="scheme own has no mirror"):
        sheet(faces, Scheme("own", 68), named_sets["strong"], SIDE, generator())
