"""What `train` in params.yaml says."""

from typing import Annotated, Literal

from pydantic import Field

from facepoints.parameters import Settings


class TrainSettings(Settings):
    """How every cell is trained."""

    epochs: int = Field(ge=1)
    batch_size: int = Field(ge=2)
    optimizer: Literal["adam", "adamw"]
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    decay: Literal["all", "weights"]  # which parameters decay: all, or none of norms and biases
    clip: float | None = Field(gt=0)  # largest norm of the whole gradient; null does not clip
    ema: float | None = Field(gt=0, lt=1)  # decay of the averaged weights; null does not average
    schedule: Literal["constant", "cosine", "plateau", "step"]
    warmup: float = Field(ge=0, lt=1)  # share of all steps in which the rate rises from 0
    patience: int = Field(
        ge=0
    )  # plateau: epochs without a better validation loss that are let pass
    milestones: list[Annotated[float, Field(gt=0, lt=1)]]  # step: shares of all steps
    factor: float = Field(gt=0, lt=1)  # plateau and step: what the rate is multiplied by
    fade: float = Field(ge=0, le=1)  # share of all steps, the last, in which augmentation fades out
    stop_after: int | None = Field(ge=1)  # epochs without a better validation NME; null never stops
    precision: Literal["fp32", "bf16", "auto"]  # auto: bf16 where that pays
    compile: bool  # by torch.compile: quicker steps after minutes of compiling; other last bits
    threads: int = Field(ge=0)  # of the CPU; 0 takes all cores
