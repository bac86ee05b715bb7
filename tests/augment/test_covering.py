import torch

from facepoints.augment.covering import occlude, patch
from facepoints.augment.settings import Occlusion, Patch
from tests.augment.examples import draws


def test_an_occlusion_covers_the_area_asked_for_with_one_colour():
    images = torch.full((400, 3, 64, 64), -1.0)  # no drawn colour is negative
    covered = occlude(images.clone(), Occlusion(probability=1.0, area=[0.1, 0.1]), draws(400))
    masks = (covered != images).all(dim=1)
    share = masks.flatten(1).float().mean(dim=1)
    assert 0.085 < share.max() < 0.115  # those that lie wholly inside
    for image, mask in zip(covered[:20], masks[:20], strict=True):
        assert len(torch.unique(image[:, mask], dim=1).T) == 1


def test_occlusion_happens_as_often_as_asked_for():
    images = torch.full((1000, 3, 16, 16), -1.0)
    covered = occlude(images.clone(), Occlusion(probability=0.3, area=[0.2, 0.3]), draws(1000))
    touched = (covered != images).flatten(1).any(dim=1).float().mean()
    assert 0.25 < touched < 0.35


def numbered(batch, side=32):
    """Images whose pixels tell where they come from: image, y and x."""
    places = torch.arange(side) / side
    images = torch.zeros(batch, 3, side, side)
    images[:, 0] = torch.arange(batch)[:, None, None]
    images[:, 1] = places[:, None]
    images[:, 2] = places[None]
    return images


def test_a_patch_is_a_rectangle_out_of_one_other_face():
    images = numbered(200)
    patched = patch(images.clone(), Patch(probability=1.0, area=[0.1, 0.2]), draws(200))
    for number, image in enumerate(patched):
        rows, columns = (image[0] != number).nonzero().T
        if not len(rows):
            continue  # a centre in the very corner can cover no pixel
        block = image[:, rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        (partner,) = block[0].unique().tolist()
        assert partner == number ^ 1
        assert len(rows) == block[0].numel()  # a full rectangle
        # Its pixels lie side by side there as they do here.
        torch.testing.assert_close(block[1], block[1, :, :1].expand_as(block[1]))
        assert torch.all(block[1].diff(dim=0) == 1 / 32)
        assert torch.all(block[2].diff(dim=1) == 1 / 32)
        assert torch.equal(image[:, image[0] == number], images[number][:, image[0] == number])


def test_patches_have_the_area_asked_for_and_come_from_another_place():
    images = numbered(400)
    patched = patch(images.clone(), Patch(probability=1.0, area=[0.1, 0.1]), draws(400))
    masks = patched[:, 0] != images[:, 0]
    share = masks.flatten(1).float().mean(dim=1)
    assert 0.08 < share.max() < 0.13
    moved = (patched[:, 2] != images[:, 2]).flatten(1).any(dim=1)
    assert moved.float().mean() > 0.9


def test_a_batch_of_one_has_no_other_face():
    image = torch.rand(1, 3, 16, 16)
    assert torch.equal(
        patch(image.clone(), Patch(probability=1.0, area=[0.2, 0.2]), draws(1)), image
    )


def test_the_last_of_an_odd_number_shows_the_one_before_it():
    patched = patch(numbered(3), Patch(probability=1.0, area=[0.2, 0.2]), draws(3))
    assert set(patched[2, 0].unique().tolist()) == {1.0, 2.0}


def test_in_a_batch_of_two_the_other_face_is_shown():
    images = numbered(2)
    for seed in range(20):
        patched = patch(images.clone(), Patch(probability=1.0, area=[0.2, 0.2]), draws(2, seed))
        for number in (0, 1):
            assert (patched[number, 0] == 1 - number).any()
