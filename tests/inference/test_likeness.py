import pytest
import torch

from facepoints.augment.pipeline import views
from facepoints.inference.likeness import BATCH, Shapes, border, learn, see
from facepoints.inference.nonfaces import nonfaces
from facepoints.store.faces import decode


def scores(likeness, model, images):
    with torch.no_grad():
        return torch.cat([likeness(see(model, part)) for part in images.split(BATCH)])


def test_faces_score_high_and_what_is_none_scores_low(trained, store):
    faces = decode(store, 64)
    likeness = learn(trained.model, faces)
    random = torch.Generator().manual_seed(1)  # others than it learned from
    high = scores(likeness, trained.model, views(faces.crops, 64, faces.margin))
    low = scores(likeness, trained.model, nonfaces(faces, 64, random))
    assert ((high >= 0) & (high <= 1)).all()
    assert (high >= 0.5).float().mean() > 0.9
    # Few faces, a small net: many others pass for faces, but few for more of one.
    assert (high[:, None] > low).float().mean() > 0.8


def test_the_same_faces_give_the_same_score(trained, store):
    faces = decode(store.first(8), 64)
    one, other = (learn(trained.model, faces).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_one_face_is_enough_to_go_on(trained, store):
    faces = decode(store.first(1), 64)
    assert (
        scores(learn(trained.model, faces), trained.model, torch.rand(2, 3, 64, 64))
        .isfinite()
        .all()
    )


def test_shapes_far_from_the_training_shapes_fit_worse():
    random = torch.Generator().manual_seed(0)
    mean = torch.rand(10, 2, generator=random)
    modes = torch.randn(2, 10, 2, generator=random) * 0.02
    weights = torch.randn(50, 2, generator=random)
    noise = 0.002 * torch.randn(50, 10, 2, generator=random)
    faces = mean + torch.einsum("nm,mkc->nkc", weights, modes) + noise
    fit = Shapes(faces)
    usual = fit(faces).mean(dim=0)
    within = fit((mean + 15 * modes[0])[None])[0]
    beyond = fit((mean + 0.1 * torch.randn(10, 2, generator=random))[None])[0]
    assert within[0] > usual[0] + 1
    assert beyond[1] > usual[1] + 2


def test_the_border_lies_between_or_loses_half_as_many_faces_as_it_takes_others():
    faces, others = torch.linspace(2, 6, 1001), torch.linspace(-6, -1, 1001)
    # A third of the way from -1 to 2.
    assert border(faces, others).item() == pytest.approx(0, abs=0.05)
    mixed = border(faces, torch.linspace(-6, 5, 1001))
    assert mixed.item() == pytest.approx(2 + 6 / 13, abs=0.02)
