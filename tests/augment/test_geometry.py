import math

import cv2
import numpy as np
import pytest
import torch

from facepoints.augment.geometry import identity, move_points, resample, sample_affine
from facepoints.augment.pipeline import augmented, views
from facepoints.augment.settings import (
    AugmentationSettings,
    Flip,
    Rotation,
    Scale,
    Translation,
)
from facepoints.schemes.library import load
from facepoints.store.faces import decode

MARGIN, SIDE, VIEW = 0.25, 96, 64
MIRROR = torch.tensor(load("ibug68").mirror)
EVERYTHING = AugmentationSettings(
    flip=Flip(probability=0.5),
    rotation=Rotation(probability=1.0, degrees=25.0),
    scale=Scale(probability=1.0, factor=1.2),
    translation=Translation(probability=1.0, sides=0.05),
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


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


@pytest.mark.parametrize("seed", range(12))
def test_pixels_and_points_move_together(seed):
    point = torch.tensor([[[0.4, 0.55]]])
    affine, _ = sample_affine(EVERYTHING, 1, generator(seed))
    image = resample(dots(point[0].tolist()).float() / 255, affine, VIEW, MARGIN)
    found = centre_of_mass(image[0])
    expected = move_points(point, affine)[0, 0].tolist()
    np.testing.assert_allclose(found, expected, atol=0.3 / VIEW)


def test_a_flip_is_one_minus_u():
    settings = AugmentationSettings(flip=Flip(probability=1.0))
    affine, flipped = sample_affine(settings, 3, generator())
    points = torch.rand(3, 5, 2, generator=generator())
    assert flipped.all()
    moved = move_points(points, affine)
    torch.testing.assert_close(moved[..., 0], 1 - points[..., 0])
    torch.testing.assert_close(moved[..., 1], points[..., 1])


def test_flipping_twice_is_the_identity_on_images_points_and_labels(store):
    faces = decode(store, VIEW)
    settings = AugmentationSettings(flip=Flip(probability=1.0))
    labelled = torch.rand(faces.labelled.shape, generator=generator()) < 0.7
    images, points, labels = augmented(
        faces.crops, faces.points, labelled, MIRROR, settings, VIEW, MARGIN, generator()
    )
    plain = views(faces.crops, VIEW, MARGIN)
    torch.testing.assert_close(images.flip(3), plain, atol=1e-4, rtol=0)
    assert not torch.equal(points, faces.points)
    mirrored_back = points[:, MIRROR] * torch.tensor([-1.0, 1.0]) + torch.tensor([1.0, 0.0])
    torch.testing.assert_close(mirrored_back, faces.points, atol=1e-5, rtol=0)
    assert torch.equal(labels[:, MIRROR], labelled)


def test_after_a_flip_the_right_eye_is_still_the_one_to_the_left_of_the_picture(store):
    faces = decode(store, VIEW)
    settings = AugmentationSettings(flip=Flip(probability=1.0))
    _, points, _ = augmented(
        faces.crops, faces.points, faces.labelled, MIRROR, settings, VIEW, MARGIN, generator()
    )
    assert (points[:, 36, 0] < points[:, 45, 0]).all()


def test_the_ranges_hold():
    affine, flipped = sample_affine(EVERYTHING, 4000, generator())
    linear = affine[:, :, :2]
    scale = torch.linalg.det(linear).abs().sqrt()
    angle = torch.atan2(linear[:, 1, 0], linear[:, 0, 0] * torch.where(flipped, -1, 1))
    angle = torch.where(flipped, torch.atan2(-linear[:, 0, 1], linear[:, 1, 1]), angle)
    assert 1 / 1.2 - 1e-5 <= scale.min() < 0.85
    assert 1.18 < scale.max() <= 1.2 + 1e-5
    assert 24 < math.degrees(angle.abs().max()) <= 25.001
    assert 0.045 < affine[:, :, 2].abs().max() <= 0.05
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
        generator(),
    )
    inner = faces.crops[:, :, 16:80, 16:80].float() / 255
    torch.testing.assert_close(images, inner, atol=1e-4, rtol=0)
    torch.testing.assert_close(points, faces.points)


def test_the_margin_fills_what_a_shift_uncovers():
    crop = torch.full((1, 3, SIDE, SIDE), 255.0)
    affine = identity(1, crop.device).clone()
    affine[0, :, 2] = 0.2
    assert resample(crop, affine, VIEW, MARGIN).min() > 254
    affine[0, :, 2] = 0.4  # further than the margin: black
    assert resample(crop, affine, VIEW, MARGIN).min() == 0


def test_the_same_seed_draws_the_same_maps():
    first, second = (sample_affine(EVERYTHING, 8, generator(3))[0] for _ in range(2))
    assert torch.equal(first, second)
