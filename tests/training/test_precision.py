import pytest

from facepoints.models import backbones
from facepoints.training import precision
from facepoints.training.precision import cpu_flags, decided
from tests.training.examples import SETTINGS

AUTO = SETTINGS.model_copy(update={"precision": "auto"})


def test_what_is_asked_for_is_taken():
    for asked in ("fp32", "bf16"):
        settings = SETTINGS.model_copy(update={"precision": asked})
        assert decided(settings, "mobilenet_v3_small") == settings


@pytest.mark.parametrize(
    ("flags", "backbone", "expected"),
    [
        ({"avx2"}, "resnet18", "fp32"),
        ({"avx512_bf16"}, "resnet18", "bf16"),
        ({"amx_bf16"}, "custom_cnn", "bf16"),
        ({"avx512_bf16"}, "mobilenet_v3_small", "fp32"),
    ],
)
def test_bf16_where_the_processor_and_the_net_gain_by_it(flags, backbone, expected, monkeypatch):
    monkeypatch.setattr(precision, "cpu_flags", lambda: flags)
    monkeypatch.setattr(precision.torch.cuda, "is_available", lambda: False)
    assert decided(AUTO, backbone).precision == expected


def test_this_processor_has_flags_and_two_runs_choose_the_same():
    assert cpu_flags()
    assert decided(AUTO, "resnet18") == decided(AUTO, "resnet18")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("resnet18", False),
        ("resnext50_32x4d", False),  # groups of several channels
        ("vgg11", False),
        ("custom_cnn", False),
        ("mobilenet_v2", True),
        ("efficientnet_b0", True),
        ("convnext_tiny", True),
    ],
)
def test_which_nets_have_depthwise_convolutions(name, expected):
    assert backbones.depthwise(name) == expected
