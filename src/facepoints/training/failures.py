"""What ends a training, told with the batch, its faces and what to change."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from facepoints import FacepointsError

NAMED = 3  # faces of a batch


def refuse_no_number(losses: Tensor, order: Tensor, names: Sequence[str], epoch: int) -> None:
    """Losses (M,) of an epoch's steps, batches of faces order (M, B): all must be numbers.

    Raises:
        FacepointsError: one is not.
    """
    wrong = (~torch.isfinite(losses)).nonzero()
    if not len(wrong):
        return
    step = int(wrong[0])
    raise FacepointsError(
        f"the training loss became {float(losses[step])} in epoch {epoch}, at step {step + 1} of {len(order)}: "
        f"{told(order[step], names)}. Lower train.learning_rate, lengthen train.warmup or set train.clip; where it "
        "is always these faces, look at them (facepoints check). The next run goes on from the last good checkpoint."
    )


@contextmanager
def memory_told(index: Tensor, names: Sequence[str], epoch: int, step: int) -> Iterator[None]:
    """Work on the batch of faces `index`, in a step from 0.

    Raises:
        FacepointsError: the memory, of the GPU or the machine, does not suffice.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        short = isinstance(error, torch.OutOfMemoryError | MemoryError)
        if not short and "can't allocate memory" not in str(error):
            raise
        raise FacepointsError(
            f"not enough memory in epoch {epoch}, at step {step + 1}: {told(index, names)}. Lower train.batch_size or "
            "model.NAME.input, train in bf16, or give the decoded crops less (FACEPOINTS_MEMORY, in GB). "
            f"({str(error).splitlines()[0] if str(error) else type(error).__name__})"
        ) from error


def told(index: Tensor, names: Sequence[str]) -> str:
    """A batch by its first faces."""
    first = ", ".join(names[number] for number in index[:NAMED].tolist())
    more = len(index) - NAMED
    return f"faces {first}" + (f" and {more} more" if more > 0 else "")
