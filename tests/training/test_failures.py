import re
import subprocess
import sys

import pytest
import torch

from facepoints import FacepointsError
from facepoints.training import checkpoint
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.failures import memory_told, refuse_no_number
from tests.training.examples import SETTINGS, trained

NAMES = [f"face {number}" for number in range(8)]
ORDER = torch.tensor([[1, 0], [3, 2], [5, 4], [7, 6]])


@pytest.mark.parametrize("clip", [None, 1.0])
@pytest.mark.parametrize("seconds", ["0", "60"])
def test_a_loss_that_is_no_number_ends_the_training(store, tmp_path, clip, seconds, monkeypatch):
    monkeypatch.setenv(checkpoint.SECONDS, seconds)
    wild = SETTINGS.model_copy(update={"learning_rate": 1e30, "warmup": 0.0, "clip": clip})
    with pytest.raises(FacepointsError, match=r"(loss|NME) became .* in epoch \d"):
        trained(store, tmp_path / "a.pt", wild)
    if (tmp_path / "a.pt").is_file():  # the last good one
        state = torch.load(tmp_path / "a.pt", weights_only=True)
        assert torch.isfinite(state["done"]).all()


def test_the_first_batch_that_went_wrong_is_named_with_its_faces():
    losses = torch.tensor([1.0, 2.0, float("nan"), float("inf")])
    told = "became nan in epoch 5, at step 3 of 4: faces face 5, face 4. Lower train.learning_rate"
    with pytest.raises(FacepointsError, match=re.escape(told)):
        refuse_no_number(losses, ORDER, NAMES, 5)
    refuse_no_number(losses[:2], ORDER, NAMES, 5)


def test_too_little_memory_is_told_with_the_batch():
    """A real lack of it, in a process that may take a gigabyte more than it has."""
    code = f"""
import resource, torch
from facepoints import FacepointsError
from facepoints.training.failures import memory_told
pages = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (pages + 2**30, pages + 2**30))
try:
    with memory_told(torch.tensor([1, 0, 2, 3, 4]), {NAMES}, 2, 6):
        torch.ones(2**34, dtype=torch.uint8)
except FacepointsError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (
        "not enough memory in epoch 2, at step 7: faces face 1, face 0, face 2 and 2 more. "
        "Lower train.batch_size" in done.stdout
    )


def test_another_error_stays_what_it_is():
    with pytest.raises(RuntimeError, match="of another kind"), memory_told(ORDER[0], NAMES, 1, 0):
        raise RuntimeError("of another kind")


def test_a_full_disk_leaves_the_last_checkpoint(tmp_path):
    saved = Checkpoint(tmp_path / "a.pt", "key")
    saved.save({"number": 1})
    (tmp_path / "a.partial").symlink_to("/dev/full")  # where every write fails for want of room
    with pytest.raises(FacepointsError, match=r"No space left on device.*Make room on the disk"):
        saved.save({"number": torch.rand(1000, 1000)})
    assert Checkpoint(tmp_path / "a.pt", "key").load(torch.device("cpu"))["number"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pt"]
