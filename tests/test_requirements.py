"""The pinned packages can be installed with every Python that the project says it takes."""

import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).parent.parent


def test_every_pinned_package_takes_the_oldest_python():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (oldest,) = (Version(each.version) for each in SpecifierSet(project["requires-python"]))
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert len(pinned) > 50
    for requirement in pinned:
        assert requirement.specifier.contains(metadata.version(requirement.name)), requirement
        needed = metadata.metadata(requirement.name).get("Requires-Python") or ""
        assert SpecifierSet(needed).contains(oldest), f"{requirement} needs Python {needed}"
