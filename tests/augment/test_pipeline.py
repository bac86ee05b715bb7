"""What holds for every transform, through the one call that training makes."""

import pytest
import torch

from facepoints import FacepointsError
from facepoints.augment import chance
from facepoints.augment.chance import Draws
from facepoints.augment.geometry import sample_homography
from facepoints.augment.photometry import TRANSFORMS
from facepoints.augment.pipeline import augmented, mirror_of, views
from facepoints.augment.settings import AugmentationSettings
from facepoints.schemes.scheme import Scheme
from facepoints.store.faces import decode
from tests.augment.examples import draws, generator

SIDE = 48
# The views are exact, transformed images are made of whole grey values, in places rounded to 1/32 pixel.
ROUNDING = 1e-4
NAMES = tuple(AugmentationSettings.model_fields)
GEOMETRY = tuple(name for name in NAMES if name not in TRANSFORMS)


@pytest.fixture(scope="module")
def faces(store):
    return decode(store, SIDE)


@pytest.fixture
def alone(named_sets):
    """A set of one transform, with the values of `strong` and a probability of one's own."""

    def build(name: str, probability: float) -> AugmentationSettings:
        part = getattr(named_sets["strong"], name)
        return AugmentationSettings(**{name: part.model_copy(update={"probability": probability})})

    return build


def run(faces, scheme, settings, seed=0):
    """Images, points and labels, and where the generator stands afterwards."""
    numbers = draws(len(faces), seed)
    mirror = mirror_of(scheme, settings)
    batch = augmented(
        faces.crops,
        faces.points,
        faces.labelled,
        mirror,
        settings,
        SIDE,
        faces.margin,
        numbers,
    )
    return *batch, numbers.generator.get_state()


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_batch(name, alone, faces, store):
    settings = alone(name, 0.5)
    first, again = (run(faces, store.scheme, settings) for _ in range(2))
    assert all(torch.equal(*parts) for parts in zip(first, again, strict=True))
    other = run(faces, store.scheme, settings, seed=1)
    assert not torch.equal(first[0], other[0])


@pytest.mark.parametrize("name", [*NAMES, "strong"])
def test_processes_that_share_a_batch_give_each_face_what_one_would(
    name, alone, named_sets, faces, store
):
    settings = named_sets[name] if name == "strong" else alone(name, 0.5)
    whole = run(faces, store.scheme, settings)[:3]
    half = len(faces) // 2
    for rows in (slice(0, half), slice(half, None)):
        part = type(faces)(
            *(each[rows] for each in (faces.crops, faces.points, faces.labelled)), faces.margin
        )
        numbers = Draws(generator(), len(faces), rows)
        mirror = mirror_of(store.scheme, settings)
        found = augmented(
            part.crops, part.points, part.labelled, mirror, settings, SIDE, part.margin, numbers
        )
        for one, other in zip(found, whole, strict=True):
            torch.testing.assert_close(one, other[rows], rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", [*NAMES, "strong"])
def test_no_strength_changes_nothing(name, alone, named_sets, faces, store):
    settings = named_sets[name] if name == "strong" else alone(name, 1.0)
    numbers = Draws(generator(), len(faces), strength=0.0)
    images, points, labelled = augmented(
        faces.crops,
        faces.points,
        faces.labelled,
        mirror_of(store.scheme, settings),
        settings,
        SIDE,
        faces.margin,
        numbers,
    )
    torch.testing.assert_close(
        images, views(faces.crops, SIDE, faces.margin), rtol=0, atol=ROUNDING
    )
    torch.testing.assert_close(points, faces.points)
    assert torch.equal(labelled, faces.labelled)


def test_half_the_strength_is_half_of_every_probability():
    half = Draws(generator(), 1000, strength=0.5)
    assert torch.equal(half.chosen(0.8), Draws(generator(), 1000).chosen(0.4))


@pytest.mark.parametrize("name", NAMES)
def test_probability_zero_changes_nothing(name, alone, faces, store):
    images, points, labelled, _ = run(faces, store.scheme, alone(name, 0.0))
    torch.testing.assert_close(
        images, views(faces.crops, SIDE, faces.margin), rtol=0, atol=ROUNDING
    )
    torch.testing.assert_close(points, faces.points)
    assert torch.equal(labelled, faces.labelled)


@pytest.mark.parametrize("name", NAMES)
def test_a_probability_is_the_share_of_faces_that_change(name, alone, faces, store):
    # Each image by itself: among copies of one face some change and others do not.
    place = torch.zeros(400, dtype=torch.long)
    place[::2] = 1  # a patch needs another face
    many = type(faces)(faces.crops[place], faces.points[place], faces.labelled[place], faces.margin)
    images = run(many, store.scheme, alone(name, 0.5))[0]
    away = (images - views(many.crops, SIDE, many.margin)).abs() > ROUNDING
    changed = away.flatten(1).any(dim=1)
    # A patch comes from a copy of the same face, and perhaps from the same place, in half of the cases.
    assert 0.38 < changed.float().mean() < 0.62


@pytest.mark.parametrize("name", TRANSFORMS)
def test_pixels_change_and_points_stay(name, alone, faces, store):
    images, points, labelled, _ = run(faces, store.scheme, alone(name, 1.0))
    assert not torch.equal(images, views(faces.crops, SIDE, faces.margin))
    torch.testing.assert_close(points, faces.points)
    assert torch.equal(labelled, faces.labelled)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_work_on_all_images_gives_what_work_on_the_chosen_ones_gives(
    name, alone, faces, store, monkeypatch
):
    chosen = run(faces, store.scheme, alone(name, 0.5))
    monkeypatch.setattr(chance, "among_chosen", chance.among_all)  # as on a GPU
    every = run(faces, store.scheme, alone(name, 0.5))
    torch.testing.assert_close(every[0], chosen[0], rtol=0, atol=1e-5)
    assert torch.equal(every[3], chosen[3])


@pytest.mark.parametrize("name", GEOMETRY)
def test_geometry_moves_the_points(name, alone, faces, store):
    points = run(faces, store.scheme, alone(name, 1.0))[1]
    assert ((points - faces.points).abs() > 1e-3).flatten(1).any(dim=1).all()


@pytest.mark.parametrize("name", [*NAMES, "strong"])
def test_images_stay_between_black_and_white(name, alone, named_sets, faces, store):
    settings = named_sets[name] if name == "strong" else alone(name, 1.0)
    images = run(faces, store.scheme, settings)[0]
    assert images.shape == (len(faces), 3, SIDE, SIDE)
    assert images.min() >= 0
    assert images.max() <= 1 + 1e-6


def test_what_a_set_lacks_draws_no_numbers(named_sets, faces, store):
    """Trained results hold as long as the draws of their set are these."""
    for name, numbers in {"none": 0, "geometric": 8, "all": 15}.items():
        state = run(faces, store.scheme, named_sets[name])[3]
        expected = generator()
        for _ in range(numbers):
            torch.rand(len(faces), generator=expected)
        assert torch.equal(state, expected.get_state()), name


def test_a_flip_without_a_mirror_is_refused(named_sets):
    scheme = Scheme("own", 3)
    with pytest.raises(FacepointsError, match="scheme own has no mirror"):
        mirror_of(scheme, named_sets["strong"])
    assert mirror_of(scheme, named_sets["all"]).tolist() == [0, 1, 2]


def test_homographies_are_one_per_face(named_sets):
    maps, _ = sample_homography(named_sets["strong"], draws(8))
    assert len(torch.unique(maps, dim=0)) == 8
