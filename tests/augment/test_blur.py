import math

import cv2
import numpy as np
import pytest
import torch

from facepoints.augment.blur import (
    blur,
    filtered_at_once,
    filtered_by_threads,
    motion_blur,
    smear,
)
from facepoints.augment.settings import Blur, MotionBlur
from tests.augment.examples import draws


def plain(image):
    return image.permute(1, 2, 0).numpy()


def test_blur_is_opencv_s_gaussian(images):
    blurred = blur(images.clone(), Blur(probability=1.0, sigma=[0.03, 0.03]), draws(len(images)))
    sigma, radius = 0.03 * 48, 5
    expected = cv2.GaussianBlur(
        plain(images[0]),
        (2 * radius + 1, 2 * radius + 1),
        sigma,
        borderType=cv2.BORDER_REPLICATE,
    )
    np.testing.assert_allclose(plain(blurred[0]), expected, atol=1e-5)


def test_each_image_has_its_own_sigma(images):
    blurred = blur(images[:1].repeat(6, 1, 1, 1), Blur(probability=1.0, sigma=[0, 0.05]), draws(6))
    assert len({float(image.var()) for image in blurred}) == 6


@pytest.mark.parametrize(("degrees", "step"), [(0, (1, 0)), (90, (0, 1)), (180, (1, 0))])
def test_a_smear_along_an_axis_is_opencv_s_filter_of_a_line(degrees, step, images):
    radius = 5
    kernel = np.zeros((11, 11), np.float32)
    ends = [(radius + sign * 4 * step[0], radius + sign * 4 * step[1]) for sign in (-1, 1)]
    cv2.line(kernel, *ends, 1.0)
    assert kernel.sum() == 9
    expected = cv2.filter2D(plain(images[0]), -1, kernel / 9, borderType=cv2.BORDER_REPLICATE)
    angle = torch.tensor([math.radians(degrees)])
    found = smear(images[:1], torch.tensor([8.0]), angle, radius)
    np.testing.assert_allclose(plain(found[0]), expected, atol=1e-5)


@pytest.mark.parametrize("degrees", [20, 45, 70, 110, 160])
def test_a_slanting_smear_is_near_opencv_s_filter_of_a_smooth_line(degrees, images):
    """OpenCV's smooth line has another profile, so that a picture of broad forms is compared."""
    image = cv2.GaussianBlur(plain(images[0]), (0, 0), 2)
    radius, length, fine = 8, 12.0, 4
    way = length / 2 * np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
    drawn = np.zeros((17, 17), np.uint8)
    ends = [tuple(np.round((radius + sign * way) * 2**fine).astype(int)) for sign in (-1, 1)]
    cv2.line(drawn, *ends, 255, 1, cv2.LINE_AA, fine)
    kernel = drawn.astype(np.float32) / drawn.sum()
    expected = cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    found = smear(
        torch.from_numpy(image).permute(2, 0, 1)[None],
        torch.tensor([length]),
        torch.tensor([math.radians(degrees)]),
        radius,
    )
    assert np.abs(plain(found[0]) - expected).max() < 0.1 * np.abs(image - expected).max()


def test_a_smear_of_no_length_changes_nothing(images):
    angles = torch.linspace(0, 3, len(images))
    still = smear(images, torch.zeros(len(images)), angles, 3)
    torch.testing.assert_close(still, images)


def test_motion_blur_has_directions_and_lengths_of_its_own():
    dot = torch.zeros(300, 3, 33, 33)
    dot[:, :, 16, 16] = 1
    settings = MotionBlur(probability=1.0, length=[0.2, 0.4])
    ways = motion_blur(dot, settings, draws(len(dot)))[:, 0]
    offset = torch.arange(33.0) - 16
    along_x = (ways * offset[None, None] ** 2).sum(dim=(1, 2))
    along_y = (ways * offset[None, :, None] ** 2).sum(dim=(1, 2))
    # The variance of an even line of length L is L² / 12; its width adds a little.
    lengths = (12 * (along_x + along_y)).sqrt() / 33
    assert 0.19 < lengths.min() < 0.25
    assert 0.38 < lengths.max() < 0.45
    assert 0.4 < (along_x > along_y).float().mean() < 0.6
    torch.testing.assert_close(ways.sum(dim=(1, 2)), torch.ones(300))


def test_image_by_image_the_filter_is_the_one_of_a_whole_batch(images):
    kernel = torch.rand(len(images), 13, 7, generator=torch.Generator().manual_seed(2)) / 45
    at_once = filtered_at_once(images, kernel, (6, 3))
    torch.testing.assert_close(filtered_by_threads(images, kernel), at_once, atol=1e-5, rtol=0)
