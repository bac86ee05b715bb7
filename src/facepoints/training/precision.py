"""Which precision a processor computes in."""

from pathlib import Path
from typing import Literal

import torch


def fabric_precision(
    precision: Literal["fp32", "bf16", "auto"],
) -> Literal["32-true", "bf16-mixed"]:
    """Fabric's name of a precision; `auto` looks at what the processor has in hardware."""
    if precision == "auto":
        if torch.cuda.is_available():
            fast = torch.cuda.is_bf16_supported(including_emulation=False)
        else:
            fast = "amx_bf16" in cpu_flags() or "avx512_bf16" in cpu_flags()
        precision = "bf16" if fast else "fp32"
    return "bf16-mixed" if precision == "bf16" else "32-true"


def cpu_flags() -> set[str]:
    """The features that Linux reports of the processor; none elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return set()
    return {flag for line in lines if line.startswith("flags") for flag in line.split()[2:]}
