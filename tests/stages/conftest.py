"""Clones of this project with small parameters, run by the true dvc."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.once import once

ROOT = Path(__file__).parent.parent.parent


class Clone:
    """A working copy with its own git history and DVC cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def started(self, *command: str, stdin=False, **environment: str) -> subprocess.Popen:
        """A command under way in the clone, with this Python's tools first on the path.

        Args:
            stdin: whether something will be written to it.
        """
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        clean = {k: v for k, v in os.environ.items() if k not in ("FACEPOINTS_DATA", "PYTHONPATH")}
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**clean, "PATH": path, **environment},
            stdin=subprocess.PIPE if stdin else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, check: bool = True, **environment: str):
        """A command in the clone, to its end."""
        process = self.started(*command, **environment)
        out, err = process.communicate()
        if check and process.returncode:
            raise AssertionError(f"{command}: exit {process.returncode}\n{out}\n{err}")
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def params(self) -> dict:
        return yaml.safe_load((self.folder / "params.yaml").read_text())

    def write_params(self, params: dict) -> None:
        (self.folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))

    def edit(self, file: str, addition: str = "\n# an edit\n") -> None:
        path = self.folder / file
        path.write_text(path.read_text() + addition)

    def stale(self) -> set[str]:
        """The stages that `dvc repro` would run for what has changed by now."""
        status = yaml.safe_load(self.run("dvc", "status", "--json").stdout)
        return set(status)

    def start(self) -> None:
        """Make it a git repository."""
        self.run("git", "init", "-q")
        for key, value in (("user.name", "tests"), ("user.email", "tests@example.invalid")):
            self.run("git", "config", key, value)

    def commit(self, message: str) -> None:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", message)


def tiny(params: dict) -> dict:
    """The smallest pipeline that is still whole: seconds per stage."""
    options = params["dataset"]["synthetic"]["options"]
    options.update(faces=48, side=64)
    params["cache"]["side"] = 48
    model = params["model"]["mobilenet_v3_small"]
    model["input"] = 48
    model["backbone"] = "squeezenet1_1"  # is exported in a third of the time
    params["train"].update(epochs=1, batch_size=8, threads=1)
    params["evaluate"].update(resamples=100, sheet_faces=4, threads=1)
    return params


def make_clone(folder: Path) -> Clone:
    """The working tree as it is now (committed or not) in a new repository, with tiny parameters."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and name != "dvc.lock":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    clone = Clone(folder)
    clone.start()
    clone.write_params(tiny(clone.params()))
    clone.commit("as it is")
    return clone


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Clone:
    """A clone whose tiny pipeline has run once, with its lock committed. Do not change it: copy it.

    Of several test processes the first one makes it; each has a copy of its own.
    """

    def make(folder: Path) -> None:
        clone = make_clone(folder)
        clone.run("dvc", "repro")
        clone.commit("results")

    made = once(tmp_path_factory, "made", make)
    folder = tmp_path_factory.mktemp("finished") / "clone"
    shutil.copytree(made, folder, symlinks=True)
    return Clone(folder)


@pytest.fixture
def clone(finished, tmp_path) -> Clone:
    """A copy of the finished clone, with its DVC cache."""
    folder = tmp_path / "clone"
    shutil.copytree(finished.folder, folder, symlinks=True)
    return Clone(folder)


@pytest.fixture
def bare(tmp_path) -> Clone:
    """A repository with this project's params.yaml as it is, and one stage that does nothing."""
    clone = Clone(tmp_path)
    clone.start()
    clone.run("dvc", "init", "-q")
    shutil.copy(ROOT / "params.yaml", tmp_path)
    stages = {"stages": {"nothing": {"cmd": "true", "params": ["evaluate"]}}}
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump(stages))
    clone.commit("params.yaml as it is")
    return clone
