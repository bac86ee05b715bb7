"""What `train` in params.yaml says."""

from typing import Literal

from pydantic import Field

from facepoints.parameters import Settings


class TrainSettings(Settings):
    """How every cell is trained."""

    epochs: int = Field(ge=1)
    batch_size: int = Field(ge=2)
    optimizer: Literal["adam", "adamw"]
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    schedule: Literal["constant", "cosine", "plateau"]
    warmup: float = Field(ge=0, lt=1)  # share of all steps in which the rate rises from 0
    patience: int = Field(
        ge=0
    )  # plateau: epochs without a better validation loss before the rate falls
    factor: float = Field(gt=0, lt=1)  # plateau: what the rate is multiplied by
    precision: Literal["fp32", "bf16", "auto"]  # auto: bf16 where the processor has it in hardware
    threads: int = Field(ge=0)  # of the CPU; 0 takes all cores
