import importlib

import pytest
import torch

from facepoints.augment.colour import (
    adjust_brightness,
    adjust_contrast,
    adjust_hue,
    adjust_saturation,
    colour,
    gamma,
    grayscale,
    grey,
)
from facepoints.augment.settings import Colour, Gamma, Grayscale
from tests.augment.examples import draws, generator

STRENGTHS = {"adjust_hue": [-0.5, -0.2, -0.03, 0.0, 0.05, 0.1, 0.3, 0.5]}
FACTORS = [0.0, 0.3, 0.8, 1.0, 1.1, 1.4, 1.9, 3.0]


@pytest.fixture(scope="module")
def functional():
    # It sees to it that torchvision can be imported beside a CPU build of torch.
    importlib.import_module("facepoints.models.backbones")
    return importlib.import_module("torchvision.transforms.v2.functional")


@pytest.mark.parametrize(
    "adjust", [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue]
)
def test_each_strength_is_torchvision_s_for_its_image(adjust, images, functional):
    images[0, :, :8] = 0.5  # without colour, hue is not defined
    images[1, :, :8] = 0
    images[2, :, :8] = torch.tensor([0.7, 0.7, 0.2])[:, None, None]  # two channels lead
    strengths = STRENGTHS.get(adjust.__name__, FACTORS)
    changed = adjust(images, torch.tensor(strengths))
    for image, strength, found in zip(images, strengths, changed, strict=True):
        expected = getattr(functional, adjust.__name__)(image, strength)
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_grey_is_torchvision_s(images, functional):
    torch.testing.assert_close(grey(images), functional.rgb_to_grayscale(images))


def test_colour_is_the_four_adjustments_in_torchvision_s_order(images):
    settings = Colour(probability=1.0, brightness=0.4, contrast=0.3, saturation=0.2, hue=0.1)
    numbers = generator()
    brightness, contrast, saturation, hue = (
        torch.rand(8, generator=numbers) * 2 * most + middle - most
        for middle, most in ((1, 0.4), (1, 0.3), (1, 0.2), (0, 0.1))
    )
    expected = adjust_contrast(adjust_brightness(images, brightness), contrast)
    expected = adjust_hue(adjust_saturation(expected, saturation), hue)
    torch.testing.assert_close(colour(images.clone(), settings, draws(len(images))), expected)


def test_strengths_of_zero_change_nothing(images):
    still = Colour(probability=1.0, brightness=0.0, contrast=0.0, saturation=0.0, hue=0.0)
    assert torch.equal(colour(images.clone(), still, draws(len(images))), images)


def test_grayscale_has_three_equal_channels_as_bright_as_before(images):
    plain = grayscale(images.clone(), Grayscale(probability=1.0), draws(len(images)))
    torch.testing.assert_close(plain, grey(images).expand_as(images))


def test_gamma_is_a_power_within_its_factor():
    many = torch.full((500, 3, 2, 2), 0.5)
    powers = torch.log2(1 / gamma(many.clone(), Gamma(probability=1.0, factor=2.0), draws(500)))[
        :, 0, 0
    ]
    assert 0.5 - 1e-5 <= powers.min() < 0.52
    assert 1.93 < powers.max() <= 2 + 1e-5
    assert 0.95 < powers.median() < 1.05  # as often lighter as darker
    extremes = torch.tensor([0.0, 1.0]).view(1, 1, 1, 2).expand(500, 3, 2, 2)
    assert torch.equal(
        gamma(extremes.clone(), Gamma(probability=1.0, factor=2.0), draws(500)), extremes
    )
