import cv2
import numpy as np
import pytest
import torch

from facepoints.augment.recording import noise, quantisation_steps, quantise, through_jpeg
from facepoints.augment.settings import Noise, Quantisation
from facepoints.store.crops import decode_crop
from tests.augment.examples import draws

QUALITIES = (5, 20, 49, 50, 75, 95)


@pytest.fixture
def face(store):
    """A drawn face (96, 96, 3), uint8."""
    return decode_crop(store.crop[0])


def as_batch(image):
    return torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255


def through_opencv(image, quality):
    """Written by libjpeg without subsampling of colour and read again, in grey levels."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    flags = [
        *(cv2.IMWRITE_JPEG_QUALITY, quality),
        *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
    ]
    written = cv2.imencode(".jpg", bgr, flags)[1]
    return cv2.imdecode(written, cv2.IMREAD_COLOR_RGB).astype(float)


@pytest.mark.parametrize("quality", QUALITIES)
def test_it_is_near_what_libjpeg_writes(quality, face):
    expected = through_opencv(face, quality)
    found = through_jpeg(as_batch(face), torch.tensor([float(quality)]))
    found = found[0].permute(1, 2, 0).numpy() * 255
    # What is left is mostly that a decoder rounds to whole grey levels, and this does not.
    error = np.abs(found - expected)
    assert error.mean() < 0.7
    assert 10 * np.log10(255**2 / np.square(error).mean()) > 43  # decibels
    loss = np.abs(expected - face).mean()
    assert np.abs(found - face).mean() == pytest.approx(loss, abs=0.3)


def test_each_image_has_its_own_quality(face):
    batch = as_batch(face).repeat(len(QUALITIES), 1, 1, 1)
    found = through_jpeg(batch, torch.tensor(QUALITIES, dtype=torch.float32))
    for image, quality in zip(found, QUALITIES, strict=True):
        alone = through_jpeg(batch[:1], torch.tensor([float(quality)]))
        torch.testing.assert_close(image, alone[0], atol=1e-5, rtol=0)
    losses = (found - batch).abs().mean(dim=(1, 2, 3))
    assert (losses.diff() < 0).all()


def test_quality_100_loses_nearly_nothing(face, images):
    settings = Quantisation(probability=1.0, quality=[100, 100])
    for batch in (as_batch(face), images):
        lost = 255 * (quantise(batch.clone(), settings, draws(len(batch))) - batch).abs()
        assert lost.mean() < 0.6 and lost.max() < 4  # grey levels


@pytest.mark.parametrize("shape", [(13, 24), (8, 9), (50, 50)])
def test_sides_need_not_be_multiples_of_eight(shape):
    image = torch.linspace(0, 1, shape[0] * shape[1]).view(1, 1, *shape).expand(1, 3, *shape)
    found = through_jpeg(image, torch.tensor([90.0]))
    assert found.shape == image.shape
    assert (found - image).abs().max() < 0.05


def test_steps_are_scaled_as_in_libjpeg():
    # By hand: at 50 the standard's own table; at 25 twice that; at 75 half of it; at 100 all 1; at 1 at most 255.
    steps = quantisation_steps(torch.tensor([50.0, 25.0, 75.0, 100.0, 1.0]))
    assert steps[0, 0, :4].tolist() == [16, 11, 10, 16]
    assert steps[0, 1, :4].tolist() == steps[0, 2, :4].tolist() == [17, 18, 24, 47]
    assert steps[1, 0, :4].tolist() == [32, 22, 20, 32]
    assert steps[2, 0, :4].tolist() == [8, 6, 5, 8]
    assert torch.all(steps[3] == 1)
    assert torch.all(steps[4] == 255)


def test_drawn_qualities_reach_both_ends(face):
    batch = as_batch(face)[:, :, :16, :16].repeat(200, 1, 1, 1)
    found = quantise(
        batch.clone(), Quantisation(probability=1.0, quality=[30, 32]), draws(len(batch))
    )
    expected = through_jpeg(batch[:3], torch.tensor([30.0, 31.0, 32.0]))
    nearest = (found[:, None] - expected[None]).abs().amax(dim=(2, 3, 4))
    assert nearest.amin(dim=1).max() < 1e-5
    counts = torch.bincount(nearest.argmin(dim=1), minlength=3)
    assert counts.min() > 40


def test_noise_has_deviations_within_its_range_and_no_mean():
    grey = torch.full((300, 3, 24, 24), 0.5)
    found = (
        noise(grey.clone(), Noise(probability=1.0, deviation=[0.02, 0.05]), draws(len(grey))) - grey
    )
    deviations = found.flatten(1).std(dim=1)
    assert 0.018 < deviations.min() < 0.022
    assert 0.047 < deviations.max() < 0.053
    assert abs(float(found.mean())) < 1e-3
    assert not torch.equal(found[:, 0], found[:, 1])  # each channel for itself
