"""A project folder with one set of the user's own, its parameters and the public sets' descriptions."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from facepoints.cli.main import app
from tests.layouts import drawn, pts

ROOT = Path(__file__).parent.parent.parent
FACES = 12


@dataclass(frozen=True)
class Project:
    """The folder that commands run in."""

    root: Path

    def run(self, *command: str) -> Result:
        return CliRunner().invoke(app, list(command))

    def define(self, name: str, **changes: object) -> None:
        """Add a set of one's own to params.yaml."""
        path = self.root / "params.yaml"
        params = yaml.safe_load(path.read_text())
        entry = {"digest": None, "faces": None, "test": "hash", "options": {}}
        params["dataset"][name] = {**entry, **changes}
        path.write_text(yaml.safe_dump(params, sort_keys=False))


@pytest.fixture(scope="session")
def drawings():
    return drawn.faces(FACES, 96)


@pytest.fixture
def project(drawings, tmp_path, monkeypatch) -> Project:
    """`mine`, twelve drawn faces as .pts files, lies in sources and in data/raw."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FACEPOINTS_DATA", raising=False)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    for source in (ROOT / "sources").glob("*/source.yaml"):
        (tmp_path / "sources" / source.parent.name).mkdir(parents=True)
        shutil.copy(source, tmp_path / "sources" / source.parent.name)
    pts.write(tmp_path / "sources" / "mine", drawings)
    shutil.copytree(tmp_path / "sources" / "mine", tmp_path / "data" / "raw" / "mine")
    found = Project(tmp_path)
    found.define("mine", format="pts", scheme="own.yaml")
    return found
