"""Which precision a net learns in."""

from pathlib import Path
from typing import Literal

import torch

from facepoints.models import backbones
from facepoints.training.settings import TrainSettings


def decided(settings: TrainSettings, backbone: str) -> TrainSettings:
    """The same settings with `auto` replaced: bf16 where the processor has it in hardware, fp32 otherwise.

    On a CPU it has to pay, too: dense convolutions run 1.7 times faster in bf16 (resnet18 at 224²), depthwise ones 1.6
    times slower (mobilenet_v3_small), measured on a processor with AVX-512. So nets with these stay in fp32 there.
    """
    if settings.precision != "auto":
        return settings
    if torch.cuda.is_available():
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        fast = bool({"amx_bf16", "avx512_bf16"} & cpu_flags()) and not backbones.depthwise(backbone)
    return settings.model_copy(update={"precision": "bf16" if fast else "fp32"})


def fabric_precision(settings: TrainSettings) -> Literal["32-true", "bf16-mixed"]:
    """Fabric's name of a decided precision."""
    names: dict[str, Literal["32-true", "bf16-mixed"]] = {"fp32": "32-true", "bf16": "bf16-mixed"}
    return names[settings.precision]


def cpu_flags() -> set[str]:
    """The features that Linux reports of the processor; none elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return set()
    return {flag for line in lines if line.startswith("flags") for flag in line.split()[2:]}
