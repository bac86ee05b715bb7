import pytest
import torch

from facepoints import FacepointsError
from facepoints.models import backbones, weights
from facepoints.models.model import LandmarkModel
from facepoints.schemes.library import load
from tests.models.examples import head, settings


def shape(points=68):
    return torch.rand(points, 2, generator=torch.Generator().manual_seed(0)) * 0.8 + 0.1


def trainable(model):
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def test_custom_cnn_has_the_reference_s_parameters():
    model = LandmarkModel(settings("custom_cnn", 224), shape(68), 224)
    assert trainable(model) == 6_984_840
    assert model(torch.rand(2, 3, 224, 224)).shape == (2, 68, 2)


def test_a_frozen_backbone_of_random_weights_is_refused():
    with pytest.raises(ValueError, match="freeze: true with weights: none would keep"):
        settings(freeze=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"side": 96}, "takes images of 224 pixels, not 96"),
        ({"side": 224, "weights": "imagenet"}, "custom_cnn has no ImageNet weights"),
    ],
)
def test_custom_cnn_refuses_what_it_cannot_do(change, message):
    with pytest.raises(ValueError, match=message):
        settings("custom_cnn", **change)


def test_an_input_too_small_for_the_backbone_is_refused():
    with pytest.raises(
        FacepointsError, match=r"cannot take images of 32 pixels .* Change the model"
    ):
        LandmarkModel(settings("inception_v3", 32), shape(), 224)


@pytest.mark.parametrize("pool", ["average", "flatten"])
@pytest.mark.parametrize("sigmoid", [False, True])
@pytest.mark.parametrize("backbone", ["mobilenet_v3_small", "resnet18", "resnet50"])
def test_untrained_it_predicts_the_mean_shape(backbone, pool, sigmoid):
    torch.manual_seed(0)
    chosen = settings(backbone, head=head(pool=pool, sigmoid=sigmoid))
    model = LandmarkModel(chosen, shape(), 224).eval()
    points = model.predict(torch.rand(2, 3, 96, 96)).points
    assert points.shape == (2, 68, 2)
    assert points.dtype == torch.float32
    torch.testing.assert_close(points, shape().expand(2, 68, 2))


def test_a_sigmoid_bounds_the_points():
    model = LandmarkModel(settings(head=head(sigmoid=True)), shape(), 224)
    points = model.head.decode(torch.linspace(-30, 30, 2 * 68 * 2).reshape(2, 68, 2)).points
    assert (
        (points >= 0) & (points <= 1)
    ).all()  # float32 rounds a large output to the border itself
    assert points.unique().numel() > 68


# One of each family, so that each way of taking the classifier off is used.
FAMILIES = [
    "alexnet",
    "convnext_tiny",
    "densenet121",
    "efficientnet_b0",
    "googlenet",
    "inception_v3",
    "mnasnet0_5",
    "mobilenet_v2",
    "regnet_x_400mf",
    "resnext50_32x4d",
    "shufflenet_v2_x0_5",
    "squeezenet1_0",
    "vgg19_bn",
    "wide_resnet50_2",
]


@pytest.mark.parametrize("name", FAMILIES)
def test_every_convolutional_family_gives_feature_maps_of_falling_resolution(name):
    levels = backbones.levels(backbones.build(name), 224)
    cells = [level.cells for level in levels]
    assert cells == sorted(set(cells), reverse=True)
    assert levels[-1].channels >= 24
    assert cells[-1] >= 5
    for level in levels:
        assert level.stride is None or level.stride * level.cells == 224


@pytest.mark.parametrize("name", ["resnet18", "vgg19_bn", "mobilenet_v3_small", "densenet121"])
def test_maps_of_the_usual_strides_are_there(name):
    strides = [level.stride for level in backbones.levels(backbones.build(name), 128)]
    assert strides[-4:] == [4, 8, 16, 32]


def test_levels_are_what_is_computed():
    backbone = backbones.build("resnet18").eval()
    maps = backbone(torch.rand(1, 3, 96, 96))
    levels = backbones.levels(backbone, 96)
    assert [tuple(one.shape[1:3]) for one in maps] == [(one.channels, one.cells) for one in levels]


def test_hrnet_of_timm_keeps_its_fine_maps():
    levels = backbones.levels(backbones.build("timm:hrnet_w18_small"), 128)
    assert [level.stride for level in levels] == [2, 4, 8, 16, 32]


@pytest.mark.parametrize("name", ["hrnet_w18_small", "mambaout_femto"])  # the second: channels last
def test_channels_of_timm_s_maps_are_what_timm_says(name):
    backbone = backbones.build(f"timm:{name}")
    found = [level.channels for level in backbones.levels(backbone, 128)]
    assert found == backbone.body.feature_info.channels()


def test_a_model_that_timm_does_not_know_is_refused_with_near_names():
    with pytest.raises(
        FacepointsError, match=r"no backbone 'timm:hrnet_w19'\. Near are: hrnet_w18"
    ):
        backbones.check_name("timm:hrnet_w19")


def test_a_frozen_backbone_rests_while_the_head_learns():
    model = LandmarkModel(settings(freeze=True, weights="imagenet"), shape(), 224).train()
    before = {name: value.clone() for name, value in model.backbone.state_dict().items()}
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    weight = model.head.dense.weight.clone()
    output = model(torch.rand(4, 3, 96, 96))
    model.head.loss(output, shape().expand(4, 68, 2) + 0.1, torch.ones(4, 68) > 0).backward()
    optimizer.step()
    after = model.backbone.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert not torch.equal(weight, model.head.dense.weight)


@pytest.mark.parametrize("name", ["vit_b_16", "swin_t", "maxvit_t"])
def test_vision_transformers_are_refused_with_a_way_out(name):
    with pytest.raises(
        FacepointsError, match="every convolutional torchvision classifier, and timm"
    ):
        backbones.build(name)


def test_an_unknown_backbone_is_refused_with_near_names():
    with pytest.raises(FacepointsError, match=r"no backbone 'resnet19'\. Near are: resnet1"):
        backbones.build("resnet19")


def test_pixel_losses_do_not_depend_on_the_net_s_input():
    labelled = torch.ones(1, 68, dtype=torch.bool)
    losses = []
    for side in (64, 96):
        model = LandmarkModel(settings(side=side), shape(), 224)
        losses.append(float(model.head.loss(shape()[None] + 0.1, shape()[None], labelled)))
    assert losses[0] == losses[1]


def test_batch_norm_momentum_is_set():
    model = LandmarkModel(settings(batch_norm_momentum=0.3), shape(), 224)
    momenta = {m.momentum for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)}
    assert momenta == {0.3}


def test_weights_survive_the_disk_with_their_scheme_and_crops(tmp_path, crop_settings):
    torch.manual_seed(0)
    model = LandmarkModel(settings(), shape(), 224).eval()
    for name in ("a", "b"):
        path = tmp_path / f"{name}.safetensors"
        weights.write_trained(path, model.state_dict(), load("ibug68"), crop_settings, settings())
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    loaded, scheme, crop = weights.load(tmp_path / "a.safetensors", settings())
    images = torch.rand(2, 3, 96, 96)
    assert torch.equal(loaded(images), model(images))
    assert scheme == load("ibug68")
    assert crop.model_dump() == crop_settings.model_dump(exclude={"missed", "max_unreadable"})
    assert loaded.view == crop_settings.side


def test_weights_have_the_same_bytes_however_they_lie_in_memory(tmp_path):
    weight = torch.rand(4, 3, 2, 2)
    weights.write(tmp_path / "first.safetensors", {"weight": weight})
    last = weight.contiguous(memory_format=torch.channels_last)
    weights.write(tmp_path / "last.safetensors", {"weight": last})
    first = (tmp_path / "first.safetensors").read_bytes()
    assert (tmp_path / "last.safetensors").read_bytes() == first


def test_weights_of_another_model_are_refused(tmp_path, crop_settings):
    model = LandmarkModel(settings(), shape(), 224)
    path = tmp_path / "a.safetensors"
    weights.write_trained(path, model.state_dict(), load("ibug68"), crop_settings, settings())
    with pytest.raises(FacepointsError, match="do not fit the model"):
        weights.load(tmp_path / "a.safetensors", settings("resnet18"))


@pytest.mark.parametrize("content", [None, b"", b"not weights"])
def test_unreadable_weights_are_named(tmp_path, content):
    path = tmp_path / "a.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FacepointsError, match=r"a.safetensors: no readable weights"):
        weights.read(path)
