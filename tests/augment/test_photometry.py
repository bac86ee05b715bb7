import cv2
import numpy as np
import torch

from facepoints.augment.photometry import blur, occlude
from facepoints.augment.settings import Blur, Occlusion


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


IMAGES = torch.rand(6, 3, 48, 48, generator=generator(1))


def test_blur_is_opencv_s_gaussian():
    blurred = blur(IMAGES, Blur(probability=1.0, sigma=[0.03, 0.03]), generator())
    sigma, radius = 0.03 * 48, 5
    expected = cv2.GaussianBlur(
        IMAGES[0].permute(1, 2, 0).numpy(),
        (2 * radius + 1, 2 * radius + 1),
        sigma,
        borderType=cv2.BORDER_REPLICATE,
    )
    np.testing.assert_allclose(blurred[0].permute(1, 2, 0).numpy(), expected, atol=1e-5)


def test_blur_with_probability_zero_changes_nothing():
    assert torch.equal(blur(IMAGES, Blur(probability=0.0, sigma=[0.01, 0.03]), generator()), IMAGES)


def test_each_image_has_its_own_sigma():
    blurred = blur(
        IMAGES[:1].repeat(6, 1, 1, 1), Blur(probability=1.0, sigma=[0, 0.05]), generator()
    )
    assert len({float(image.var()) for image in blurred}) == 6


def test_an_occlusion_covers_the_area_asked_for_with_one_colour():
    images = torch.full((400, 3, 64, 64), -1.0)  # no drawn colour is negative
    covered = occlude(images, Occlusion(probability=1.0, area=[0.1, 0.1]), generator())
    masks = (covered != images).all(dim=1)
    share = masks.flatten(1).float().mean(dim=1)
    assert 0.085 < share.max() < 0.115  # those that lie wholly inside
    for image, mask in zip(covered[:20], masks[:20], strict=True):
        assert len(torch.unique(image[:, mask], dim=1).T) == 1


def test_occlusion_happens_as_often_as_asked_for():
    images = torch.full((1000, 3, 16, 16), -1.0)
    covered = occlude(images, Occlusion(probability=0.3, area=[0.2, 0.3]), generator())
    touched = (covered != images).flatten(1).any(dim=1).float().mean()
    assert 0.25 < touched < 0.35
