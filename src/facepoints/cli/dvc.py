"""The only module that knows dvc and git: their commands as subprocesses, their files as text."""

import json
import os
import re
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


def stale() -> dict[str, list[Any]]:
    """The stages that `dvc repro` would run as things are now, each with what `dvc status --json` says has changed.

    Raises:
        FacepointsError: dvc cannot tell.
    """
    found: dict[str, list[Any]] = json.loads(_told("status", "--json"))
    return found


def edges() -> dict[str, list[str]]:
    """Every stage, with those that read what it writes.

    Raises:
        FacepointsError: dvc cannot tell.
    """
    readers: dict[str, list[str]] = {}
    for writer, reader in re.findall(r'^"(.+?)"(?: -> "(.+?)")?;$', _told("dag", "--dot"), re.M):
        readers.setdefault(writer, []).extend([reader] if reader else [])
    return readers


def cache_folder() -> Path:
    """Where DVC's cache lies.

    Raises:
        FacepointsError: dvc cannot tell.
    """
    return Path(_told("cache", "dir").strip())


def add(path: Path) -> None:
    """Track a file; git's index gets the .dvc file beside it.

    Raises:
        FacepointsError: dvc cannot.
    """
    _told("add", str(path))


def remotes() -> dict[str, str]:
    """Addresses of DVC's remotes by their names, the default one first.

    Raises:
        FacepointsError: dvc cannot tell.
    """
    settings = dict(line.split("=", 1) for line in _told("config", "--list").splitlines())
    found = {
        key.split(".", 1)[1].removesuffix(".url"): value
        for key, value in settings.items()
        if key.startswith("remote.") and key.endswith(".url")
    }
    return dict(sorted(found.items(), key=lambda pair: pair[0] != settings.get("core.remote")))


def text_at(revision: str, path: Path) -> str:
    """A file that git holds, as it is at a revision or in an experiment.

    Raises:
        FacepointsError: there is no such revision, or no such file in it.
    """
    commit = _commit(revision)
    shown = subprocess.run(
        ["git", "show", f"{commit}:./{path}"], capture_output=True, text=True, check=False
    )
    if shown.returncode:
        raise FacepointsError(f"{revision}: holds no {path} ({shown.stderr.strip()}).")
    return shown.stdout


def fetched(revision: str, path: Path, folder: Path) -> Path:
    """A copy, in `folder`, of a file or folder that DVC tracks, as it is at a revision or in an experiment.

    Raises:
        FacepointsError: it is neither in DVC's cache nor in a remote.
    """
    out = folder / path
    out.parent.mkdir(parents=True, exist_ok=True)
    command = ["dvc", "get", ".", str(path), "--rev", _commit(revision), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    if done.returncode:
        raise FacepointsError(
            f"{revision}: {path} cannot be had; `dvc fetch` it, or run `dvc repro` there. dvc says: "
            f"{done.stderr.strip()}"
        )
    return out


def _told(*command: str) -> str:
    done = subprocess.run(
        ["dvc", *command], capture_output=True, text=True, env=environment(), check=False
    )
    if done.returncode:
        raise FacepointsError(f"dvc {command[0]} failed: {done.stderr.strip()}")
    return done.stdout


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


def _commit(revision: str) -> str:
    """Of a revision of git, or of an experiment of DVC's by its name.

    Raises:
        FacepointsError: there is neither.
    """
    listed = subprocess.run(
        ["git", "for-each-ref", "--format=%(objectname) %(refname)", "refs/exps/"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    # refs/exps/, the commit that it started from in two parts, its name.
    named = [line.split()[0] for line in listed if line.split("/", 4)[4:] == [revision]]
    if len(named) > 1:
        raise FacepointsError(
            f"{revision}: {len(named)} experiments have that name, from different commits. Name one of them by its "
            f"commit: {', '.join(commit[:12] for commit in named)}."
        )
    if named:
        return named[0]
    done = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise FacepointsError(
            f"{revision!r}: expected a cell (TRAINSET-MODEL-AUGMENTATION-SIZE-SEED), a revision of git, the name of an "
            "experiment (`dvc exp show` lists them), or one of the latter two, a colon and a cell."
        )
    return done.stdout.strip()


def _stages(text: str) -> dict[str, Any]:
    content = yaml.safe_load(text) or {}
    stages: dict[str, Any] = content.get("stages", {})
    return stages
