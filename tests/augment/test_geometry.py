import math

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints.augment.geometry import (
    identity,
    move_points,
    resample,
    resample_by_threads,
    sample_homography,
)
from facepoints.augment.pipeline import augmented, views
from facepoints.augment.settings import (
    AugmentationSettings,
    Flip,
    Perspective,
    Rotation,
    Scale,
    Shear,
    Translation,
)
from facepoints.schemes.library import load
from facepoints.store.faces import decode
from tests.augment.examples import draws, generator

MARGIN, SIDE, VIEW = 0.25, 96, 64
MIRROR = torch.tensor(load("ibug68").mirror)
AFFINE = AugmentationSettings(
    flip=Flip(probability=0.5),
    rotation=Rotation(probability=1.0, degrees=25.0),
    scale=Scale(probability=1.0, factor=1.2),
    translation=Translation(probability=1.0, sides=0.05),
)
FLIP = AugmentationSettings(flip=Flip(probability=1.0))
SHEAR = AugmentationSettings(shear=Shear(probability=1.0, degrees=20.0))
PERSPECTIVE = AugmentationSettings(perspective=Perspective(probability=1.0, strength=0.2))
EVERYTHING = AFFINE.model_copy(
    update={"shear": SHEAR.shear, "perspective": PERSPECTIVE.perspective}
)


def dots(points):
    """A crop (1, 3, 96, 96) with a soft white disc at each point of view units."""
    image = np.zeros((SIDE, SIDE), np.uint8)
    for u, v in points:
        at = [round((w + MARGIN) / (1 + 2 * MARGIN) * SIDE * 16 - 8) for w in (u, v)]
        cv2.circle(image, at, 48, 255, -1, cv2.LINE_AA, 4)
    return torch.from_numpy(np.repeat(image[None, None], 3, axis=1))


def centre_of_mass(image):
    weights = image[0].double()
    y, x = torch.meshgrid(*(torch.arange(n) for n in weights.shape), indexing="ij")
    place = [float((axis * weights).sum() / weights.sum()) for axis in (x, y)]
    return [(value + 0.5) / len(weights) for value in place]


@pytest.mark.parametrize("name", ["AFFINE", "SHEAR", "PERSPECTIVE", "EVERYTHING"])
@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    u=st.floats(0.35, 0.65),
    v=st.floats(0.35, 0.65),
)
def test_pixels_and_points_move_together(name, seed, u, v):
    point = torch.tensor([[[u, v]]])
    homography, _ = sample_homography(globals()[name], draws(1, seed))
    crop = dots(point[0].tolist())
    exact = resample(crop.float() / 255, homography, VIEW, MARGIN)
    quick = resample_by_threads(crop, homography, VIEW, MARGIN)
    expected = move_points(point, homography)[0, 0].tolist()
    for image in (exact, quick):
        # Perspective shows the near half of a disc larger than the far one.
        np.testing.assert_allclose(centre_of_mass(image[0]), expected, atol=0.4 / VIEW)
    # A step from black to white lies within a pixel at the least: 1/32 of it is 8 grey values.
    torch.testing.assert_close(quick / 255, exact, atol=9 / 255, rtol=0)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_points_move_by_the_homography_from_the_centre(seed):
    homography, _ = sample_homography(EVERYTHING, draws(4, seed))
    points = torch.rand(4, 6, 2, generator=generator(seed + 1))
    ones = torch.ones(4, 6, 1)
    moved = torch.cat([points - 0.5, ones], dim=2) @ homography.transpose(1, 2)
    expected = moved[..., :2] / moved[..., 2:] + 0.5
    torch.testing.assert_close(move_points(points, homography), expected, atol=1e-5, rtol=0)


def test_without_perspective_the_picture_is_the_affine_one_bit_for_bit():
    crops = torch.rand(5, 3, SIDE, SIDE, generator=generator())
    homography, _ = sample_homography(AFFINE, draws(5, 1))
    assert torch.equal(homography[:, 2], torch.tensor([0.0, 0.0, 1.0]).expand(5, 3))
    inverse = torch.linalg.inv(homography[:, :2, :2])
    theta = torch.cat([inverse, -2 * inverse @ homography[:, :2, 2:]], dim=2) / (1 + 2 * MARGIN)
    grid = F.affine_grid(theta, [5, 3, VIEW, VIEW], align_corners=False)
    expected = F.grid_sample(crops, grid, align_corners=False)
    assert torch.equal(resample(crops, homography, VIEW, MARGIN), expected)


def test_a_flip_is_one_minus_u():
    homography, flipped = sample_homography(FLIP, draws(3))
    points = torch.rand(3, 5, 2, generator=generator())
    assert flipped.all()
    moved = move_points(points, homography)
    torch.testing.assert_close(moved[..., 0], 1 - points[..., 0])
    torch.testing.assert_close(moved[..., 1], points[..., 1])


def test_flipping_twice_is_the_identity_on_images_points_and_labels(store):
    faces = decode(store, VIEW)
    labelled = torch.rand(faces.labelled.shape, generator=generator()) < 0.7
    images, points, labels = augmented(
        faces.crops, faces.points, labelled, MIRROR, FLIP, VIEW, MARGIN, draws(len(faces))
    )
    plain = views(faces.crops, VIEW, MARGIN)
    torch.testing.assert_close(images.flip(3), plain, atol=1e-4, rtol=0)
    assert not torch.equal(points, faces.points)
    mirrored_back = points[:, MIRROR] * torch.tensor([-1.0, 1.0]) + torch.tensor([1.0, 0.0])
    torch.testing.assert_close(mirrored_back, faces.points, atol=1e-5, rtol=0)
    assert torch.equal(labels[:, MIRROR], labelled)


def test_after_a_flip_the_right_eye_is_still_the_one_to_the_left_of_the_picture(store):
    faces = decode(store, VIEW)
    _, points, _ = augmented(
        faces.crops, faces.points, faces.labelled, MIRROR, FLIP, VIEW, MARGIN, draws(len(faces))
    )
    assert (points[:, 36, 0] < points[:, 45, 0]).all()


def test_the_ranges_hold():
    homography, flipped = sample_homography(AFFINE, draws(4000))
    linear = homography[:, :2, :2]
    scale = torch.linalg.det(linear).abs().sqrt()
    angle = torch.atan2(linear[:, 1, 0], linear[:, 0, 0] * torch.where(flipped, -1, 1))
    angle = torch.where(flipped, torch.atan2(-linear[:, 0, 1], linear[:, 1, 1]), angle)
    assert 1 / 1.2 - 1e-5 <= scale.min() < 0.85
    assert 1.18 < scale.max() <= 1.2 + 1e-5
    assert 24 < math.degrees(angle.abs().max()) <= 25.001
    assert 0.045 < homography[:, :2, 2].abs().max() <= 0.05
    assert 0.45 < flipped.float().mean() < 0.55


def test_no_transform_is_the_view_itself(store):
    faces = decode(store, VIEW)
    images, points, _ = augmented(
        faces.crops,
        faces.points,
        faces.labelled,
        MIRROR,
        AugmentationSettings(),
        VIEW,
        MARGIN,
        draws(len(faces)),
    )
    inner = faces.crops[:, :, 16:80, 16:80].float() / 255
    assert torch.equal(images, inner)
    torch.testing.assert_close(points, faces.points)


def test_the_margin_fills_what_a_shift_uncovers():
    crop = torch.full((1, 3, SIDE, SIDE), 255.0)
    shifted = identity(1, crop.device).clone()
    shifted[0, :2, 2] = 0.2
    assert resample(crop, shifted, VIEW, MARGIN).min() > 254
    shifted[0, :2, 2] = 0.4  # further than the margin: black
    assert resample(crop, shifted, VIEW, MARGIN).min() == 0


def test_the_same_seed_draws_the_same_maps():
    first, second = (sample_homography(AFFINE, draws(8, 3))[0] for _ in range(2))
    assert torch.equal(first, second)


def test_a_shear_tilts_both_axes_within_its_range():
    homography, flipped = sample_homography(SHEAR, draws(2000))
    upright = torch.rad2deg(torch.atan(homography[:, 0, 1]))
    level = torch.rad2deg(torch.atan(homography[:, 1, 0]))
    for degrees in (upright, level):
        assert -20.001 <= degrees.min() < -19.5
        assert 19.5 < degrees.max() <= 20.001
    assert not flipped.any()
    assert torch.all(homography[:, (0, 1), (0, 1)] == 1)
    assert torch.all(homography[:, :2, 2] == 0)


def test_perspective_makes_sides_longer_and_shorter_within_its_range():
    """Where only x tilts, the left and right side become 1 / (1 ± strength) times as long."""
    homography, _ = sample_homography(PERSPECTIVE, draws(2000))
    assert 0.39 < homography[:, 2, :2].abs().max() <= 0.4
    strongest = identity(1, homography.device).clone()
    strongest[0, 2, 0] = 0.4
    corners = torch.tensor([[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]])
    moved = move_points(corners, strongest)[0]
    assert float(moved[1, 1] - moved[0, 1]) == pytest.approx(1 / (1 - 0.2))
    assert float(moved[3, 1] - moved[2, 1]) == pytest.approx(1 / (1 + 0.2))


def test_a_homography_leads_back_through_its_inverse_picture():
    """A crop of coordinates, seen through the map, says at each moved point where it came from."""
    homography, _ = sample_homography(EVERYTHING, draws(6, 4))
    places = (torch.arange(SIDE) + 0.5) / SIDE * (1 + 2 * MARGIN) - MARGIN
    y, x = torch.meshgrid(places, places, indexing="ij")
    crop = torch.stack([x, y, torch.ones_like(x)])[None].expand(6, -1, -1, -1)
    seen = resample(crop, homography, VIEW, MARGIN)
    points = 0.3 + 0.4 * torch.rand(6, 20, 2, generator=generator())
    at = 2 * move_points(points, homography) - 1
    found = F.grid_sample(seen, at[:, :, None], align_corners=False)[:, :2, :, 0]
    torch.testing.assert_close(found.transpose(1, 2), points, atol=2e-3, rtol=0)


def test_what_lies_beyond_the_horizon_is_black_and_points_stay_finite():
    strongest = identity(1, torch.device("cpu")).clone()
    strongest[0, :2, :2] *= 0.1  # shows ten views, most of them not stored
    strongest[0, 2, :2] = 0.6
    image = resample(torch.ones(1, 3, SIDE, SIDE), strongest, VIEW, MARGIN)
    along = (torch.arange(VIEW) + 0.5) / VIEW - 0.5
    beyond = 0.6 * 10 * (along + along[:, None]) >= 1
    assert beyond.float().mean() > 0.3
    assert (image[0, :, beyond] == 0).all()
    assert image[0, :, VIEW // 2, VIEW // 2].gt(0.99).all()
    far = torch.tensor([[[-3.0, -3.0], [4.0, 4.0]]])
    assert move_points(far, strongest).abs().max() < 100
