"""What docs/training.md names is there, and its examples are well-formed."""

import re
import subprocess
from pathlib import Path

import yaml

from facepoints.store import batches
from facepoints.training import checkpoint, devices

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "training.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_variables_are_those_that_are_read():
    assert set(re.findall(r"FACEPOINTS_[A-Z_]+", PAGE)) == {
        batches.MEMORY,
        checkpoint.SECONDS,
        devices.DEVICES,
    }
    assert f"({batches.DEFAULT_MEMORY:g} if it is not set)" in PAGE
    assert checkpoint.DEFAULT_SECONDS == 60
    assert "is replaced every minute" in PAGE


def test_the_scripts_are_bash_and_yaml():
    (script,) = blocks("sh")
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    (task,) = blocks("yaml")
    found = yaml.safe_load(task)
    assert {"resources", "setup", "run"} <= set(found)
    for part in (found["setup"], found["run"]):
        subprocess.run(["bash", "-n"], input=part, text=True, check=True)


def test_the_make_targets_and_stages_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^\s+make ([\w./-]+)", PAGE, re.MULTILINE):
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), target
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    for names in re.findall(r"dvc repro ((?:[a-z]+ ?)+)$", PAGE, re.MULTILINE):
        assert set(names.split()) <= set(stages)
