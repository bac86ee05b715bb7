import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import torch

from facepoints import FacepointsError
from facepoints.training import checkpoint
from facepoints.training.checkpoint import Checkpoint

HOLD = """
import sys, time
from pathlib import Path
from facepoints.training import checkpoint
with checkpoint.locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def hold(path):
    """Another process that trains this cell until it is told to stop."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_second_trainer_of_the_same_cell_names_the_first_and_waits_for_it(tmp_path):
    path = tmp_path / "cell.pt"
    first = hold(path)
    assert first.stdout.readline() == "held\n"
    second = hold(path)
    waiting = second.stdout.readline()
    assert waiting == f"{path}: process {first.pid} is training this very cell; waiting for it.\n"
    first.communicate("stop\n")
    assert second.stdout.readline() == "held\n"
    second.communicate("stop\n")
    assert (first.returncode, second.returncode) == (0, 0)


def test_a_killed_trainer_holds_nothing(tmp_path):
    path = tmp_path / "cell.pt"
    first = hold(path)
    assert first.stdout.readline() == "held\n"
    first.send_signal(signal.SIGKILL)
    first.wait()
    with checkpoint.locked(path):
        pass


@pytest.mark.usefixtures("heard_ctrl_c")
def test_ctrl_c_in_the_middle_of_writing_is_no_full_disk_and_leaves_the_last_one(tmp_path):
    saved = Checkpoint(tmp_path / "cell.pt", "key")
    saved.save({"epoch": 1})
    partial = tmp_path / "cell.partial"

    def interrupt():
        while not partial.exists() or partial.stat().st_size < 1e6:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    state = {f"weight{number}": torch.zeros(100_000) for number in range(1000)}
    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        saved.save(state)
    assert [file.name for file in tmp_path.iterdir()] == ["cell.pt"]
    assert saved.load(torch.device("cpu"))["epoch"] == 1


def test_the_key_follows_parameters_and_inputs(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "part").write_text("a")
    key = checkpoint.key("parameters", [data])
    assert key == checkpoint.key("parameters", [data])
    assert key != checkpoint.key("other parameters", [data])
    (data / "part").write_text("b")
    assert key != checkpoint.key("parameters", [data])


def test_it_is_due_when_its_time_is_over(tmp_path, monkeypatch):
    assert not Checkpoint(tmp_path / "a.pt", "key").due()
    monkeypatch.setenv(checkpoint.SECONDS, "0.05")
    saved = Checkpoint(tmp_path / "a.pt", "key")
    assert not saved.due()
    time.sleep(0.06)
    assert saved.due()
    saved.save({})
    assert not saved.due()


@pytest.mark.parametrize("given", ["soon", "-1", "nan", ""])
def test_a_time_that_is_none_is_refused(given, monkeypatch):
    monkeypatch.setenv(checkpoint.SECONDS, given)
    with pytest.raises(FacepointsError, match=f"{checkpoint.SECONDS}={given}: expected seconds"):
        checkpoint.seconds()


ORPHAN = """
import os, sys, time
from pathlib import Path
from facepoints.training.checkpoint import Checkpoint
saved = Checkpoint(Path(sys.argv[1]), "key")
saved.save({})
print("saved", flush=True)
sys.stdin.readline()
saved.discard()
print("done", flush=True)
"""


@pytest.mark.parametrize("killed", [False, True])
def test_a_finished_training_s_checkpoint_stays_only_where_its_caller_was_killed(tmp_path, killed):
    path = tmp_path / "a.pt"
    # As dvc starts a stage: a shell between them.
    call = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {ORPHAN!r}, {str(path)!r}]))"
    caller = subprocess.Popen(
        [sys.executable, "-c", call], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert caller.stdout.readline() == "saved\n"
    if killed:
        caller.kill()
        caller.wait()
    caller.stdin.write("\n")
    caller.stdin.flush()
    assert caller.stdout.readline() == "done\n"
    assert path.is_file() == killed
    caller.stdin.close()
    caller.stdout.close()
    caller.wait()


def test_a_checkpoint_comes_back_as_it_was(tmp_path):
    state = {"weights": {"a": torch.rand(3)}, "history": [{"epoch": 1}]}
    Checkpoint(tmp_path / "a.pt", "key").save(state)
    found = Checkpoint(tmp_path / "a.pt", "key").load(torch.device("cpu"))
    assert torch.equal(found["weights"]["a"], state["weights"]["a"])
    assert found["history"] == state["history"]
    assert Checkpoint(tmp_path / "b.pt", "key").load(torch.device("cpu")) is None
