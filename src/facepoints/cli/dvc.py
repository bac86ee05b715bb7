"""The only module that knows dvc and git: their commands as subprocesses, their files as text."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from facepoints import FacepointsError

LOCK = Path("dvc.lock")
# Entries that the same kind of machine computes bit for bit; training differs across processors.
EXACT = ("check", "download", "cache", "split")


def committed_lock() -> dict[str, Any]:
    """The stages of dvc.lock as git's HEAD has it; none where git has no such file."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:./{LOCK}"], capture_output=True, text=True, check=False
    )
    return _stages(shown.stdout) if shown.returncode == 0 else {}


def current_lock() -> dict[str, Any]:
    """The stages of dvc.lock as it lies here."""
    return _stages(LOCK.read_text(encoding="utf-8")) if LOCK.is_file() else {}


def other_bits() -> list[str]:
    """Exact stages that ran on the same inputs as the committed lock's but gave other outputs."""
    committed, current = committed_lock(), current_lock()
    return sorted(
        name
        for name, entry in current.items()
        if name.split("@")[0] in EXACT
        and (before := committed.get(name))
        and before.get("outs") != entry.get("outs")
        and all(before.get(key) == entry.get(key) for key in ("deps", "params"))
    )


def experiment(changes: Sequence[str]) -> list[str]:
    """The command that runs the pipeline with these changes, each KEY=VALUE, of params.yaml."""
    return ["dvc", "exp", "run", *(word for change in changes for word in ("-S", change))]


def environment() -> dict[str, str]:
    """In which commands find this Python and what is installed beside it first, as the stages' commands need."""
    beside = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([beside, os.environ.get("PATH", os.defpath)])}


def reproduce(*stages: str) -> list[str]:
    """The command that brings these stages and what they need up to date."""
    return ["dvc", "repro", *stages]


def reproduce_alone(stage: str) -> list[str]:
    """The command that brings one stage up to date from what it needs as it is, beside others of its kind."""
    return ["dvc", "--wait-for-lock", "repro", "--single-item", stage]


def become(command: Sequence[str]) -> NoReturn:
    """Run the command in this process's place: signals reach it, and its exit code is this process's own.

    Raises:
        FacepointsError: there is no such command.
    """
    sys.stdout.flush()
    try:
        os.execvpe(command[0], list(command), environment())
    except FileNotFoundError as error:
        raise FacepointsError(
            f"{command[0]}: no such command. Install it beside this Python: pip install 'facepoints[train]'"
        ) from error


def _stages(text: str) -> dict[str, Any]:
    content = yaml.safe_load(text) or {}
    stages: dict[str, Any] = content.get("stages", {})
    return stages
