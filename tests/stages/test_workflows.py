"""GitHub's workflows: the project's own, and the one that docs/github-actions.md gives to users."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.stages.conftest import Clone

ROOT = Path(__file__).parent.parent.parent
OWN = (ROOT / ".github/workflows/check.yml").read_text("utf-8")
(GIVEN,) = re.findall(
    r"^```yaml\n(.*?)^```", (ROOT / "docs/github-actions.md").read_text("utf-8"), re.DOTALL | re.M
)
LOCK = "dvc.lock fits code and parameters"


def script(workflow: str, step: str) -> str:
    """What a step runs, with the tools of this Python."""
    (job,) = yaml.safe_load(workflow)["jobs"].values()
    (found,) = (each["run"] for each in job["steps"] if each.get("name") == step)
    return found.replace(".venv/bin/dvc", "dvc")


def ran(clone: Clone, workflow: str, step: str, **environment: str):
    """As GitHub runs a step: bash that ends at the first failure."""
    command = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script(workflow, step))
    return clone.run(*command, check=False, **environment)


@pytest.fixture
def without_data(finished, tmp_path) -> Clone:
    """What GitHub checks out: the finished clone's commits and nothing else."""
    folder = tmp_path / "checkout"
    subprocess.run(["git", "clone", "-q", finished.folder, folder], check=True)
    clone = Clone(folder)
    for key, value in (("user.name", "tests"), ("user.email", "tests@example.invalid")):
        clone.run("git", "config", key, value)
    return clone


@pytest.mark.parametrize("workflow", [OWN, GIVEN], ids=["own", "given"])
def test_github_can_read_it(workflow, tmp_path):
    path = tmp_path / "workflow.yml"
    path.write_text(workflow)
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [checker, "--builtin-schema", "vendor.github-workflows", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("workflow", [OWN, GIVEN], ids=["own", "given"])
def test_a_lock_of_other_code_or_parameters_is_refused_without_data(workflow, without_data):
    done = ran(without_data, workflow, LOCK)
    assert done.returncode == 0, done.stdout + done.stderr
    without_data.edit("src/facepoints/inference/card.py")
    assert ran(without_data, workflow, LOCK).returncode
    without_data.run("git", "checkout", "-q", ".")
    params = without_data.params()
    params["report"]["faces"] = not params["report"]["faces"]
    without_data.write_params(params)
    assert ran(without_data, workflow, LOCK).returncode


def test_results_that_nobody_pushed_are_refused(clone, tmp_path):
    step = "All results were pushed"
    clone.run("dvc", "remote", "add", "-d", "storage", str(tmp_path / "storage"))
    done = ran(clone, GIVEN, step)
    assert done.returncode == 1
    assert "data/cache/synthetic" in done.stdout
    clone.run("dvc", "push")
    done = ran(clone, GIVEN, step)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_table_says_what_became_better_or_worse(without_data, tmp_path):
    branch = without_data.run("git", "branch", "--show-current").stdout.strip()
    metrics = without_data.folder / "metrics/summary.json"
    metrics.write_text(re.sub(r"\d+\.\d+", "1.5", metrics.read_text()))
    without_data.commit("better")
    summary = tmp_path / "summary.md"
    step = "Metrics, before and after"
    around = {"GITHUB_BASE_REF": branch, "GITHUB_STEP_SUMMARY": str(summary)}
    done = ran(without_data, GIVEN, step, **around)
    assert done.returncode == 0, done.stderr
    rows = [line for line in summary.read_text().splitlines() if "mobilenet" in line]
    assert len(rows) == 2
    assert all(re.fullmatch(r"\|.*\| +[\d.]+ +\| +1\.5 +\| +-?[\d.]+ +\|", row) for row in rows)
