import torch

from facepoints.inference.nonfaces import beside, cloud, corner, nonfaces, shuffled
from facepoints.store.faces import decode


def draws():
    return torch.Generator().manual_seed(0)


def test_four_kinds_of_each_face_in_the_net_s_size(store):
    faces = decode(store.first(5), 48)
    made = nonfaces(faces, 48, draws())
    assert made.shape == (20, 3, 48, 48)
    assert made.min() >= 0
    assert made.max() <= 1
    assert torch.equal(made, nonfaces(faces, 48, draws()))


def test_tiles_keep_the_colours_and_change_their_places():
    view = torch.arange(3 * 60 * 60).view(3, 60, 60) / (3 * 60 * 60)
    mixed = shuffled(view, draws())
    assert torch.allclose(mixed.mean(dim=(1, 2)), view.mean(dim=(1, 2)), atol=0.01)
    assert (mixed - view).abs().mean() > 0.02


def test_a_corner_holds_nothing_of_the_middle():
    crop = torch.zeros(3, 100, 100)
    crop[:, 40:60, 40:60] = 1
    random = draws()
    assert max(float(corner(crop, 32, random).max()) for _ in range(20)) == 0


def test_beside_the_face_its_middle_is_out_of_the_middle():
    crops = torch.zeros(20, 3, 96, 96)
    crops[:, :, 40:56, 40:56] = 1
    moved = beside(crops, 64, 0.25, draws())
    assert moved[:, :, 24:40, 24:40].max() == 0
    assert moved.max() > 0.9  # some still show it at their border


def test_clouds_are_pictures():
    clouds = torch.stack([cloud(32, random) for random in [draws()] for _ in range(10)])
    assert clouds.min() >= 0
    assert clouds.max() <= 1
    assert clouds.std(dim=(2, 3)).mean() > 0.02
