"""Many cells at once, and on many machines."""

import shutil
from pathlib import Path

import pytest

from tests.stages.conftest import Clone

CELLS = [
    f"synthetic-mobilenet_v3_small-{augmentation}-all-{seed}"
    for augmentation in ("none", "geometric")
    for seed in (0, 1)
]


def wider(clone: Clone) -> Clone:
    """It has four cells, none of which is trained."""
    params = clone.params()
    params["seeds"] = [0, 1]
    params["train"]["epochs"] = 2
    clone.write_params(params)
    return clone


def copied(finished: Clone, folder: Path) -> Clone:
    shutil.copytree(finished.folder, folder, symlinks=True)
    return wider(Clone(folder))


@pytest.fixture(scope="module")
def one_by_one(finished, tmp_path_factory) -> Clone:
    """All cells, trained by `dvc repro`."""
    clone = copied(finished, tmp_path_factory.mktemp("one") / "clone")
    clone.run("dvc", "repro", "train")
    return clone


def same(clone: Clone, other: Clone) -> bool:
    return all(
        (clone.folder / file).read_bytes() == (other.folder / file).read_bytes()
        for cell in CELLS
        for file in (f"models/{cell}/model.safetensors", f"results/history/{cell}.csv")
    )


@pytest.mark.slow
def test_cells_trained_at_the_same_time_are_those_trained_one_by_one(clone, one_by_one):
    told = wider(clone).run("facepoints", "train", "--jobs", "2").stdout
    assert sorted(line for line in told.splitlines() if line.endswith(": trained")) == sorted(
        f"{cell}: trained" for cell in CELLS
    )
    assert same(clone, one_by_one)
    assert "Running stage 'train@" not in clone.run("dvc", "repro", "train").stdout


@pytest.mark.slow
def test_a_cell_that_fails_is_named_and_leaves_the_others(clone):
    params = wider(clone).params()
    params["train_sizes"] = ["all", 100_000]  # more faces than there are
    params["seeds"] = [0]
    clone.write_params(params)
    done = clone.run("facepoints", "train", "--jobs", "2", check=False)
    assert done.returncode == 1
    assert "2 of 4 cells failed: synthetic-mobilenet_v3_small-none-100000-0, " in done.stderr
    assert "100000" in done.stderr.splitlines()[-1]
    for augmentation in ("none", "geometric"):
        assert f"synthetic-mobilenet_v3_small-{augmentation}-all-0: trained" in done.stdout


@pytest.mark.slow
def test_cells_of_two_machines_come_together_through_a_remote(finished, one_by_one, tmp_path):
    machines = [copied(finished, tmp_path / name) for name in ("first", "second", "collector")]
    for clone in machines:
        clone.run("dvc", "remote", "add", "-d", "shared", str(tmp_path / "remote"))
    for clone, cells in zip(machines, (CELLS[::2], CELLS[1::2]), strict=False):
        clone.run("dvc", "repro", "start", *(f"train@{cell}" for cell in cells))
        clone.run("dvc", "push", "--run-cache", "train")
    collector = machines[2]
    collector.run("dvc", "fetch", "--run-cache")
    told = collector.run("dvc", "repro", "--pull", "train").stdout
    assert "Running stage 'train@" not in told
    assert (
        told.count("is cached - skipping run") >= len(CELLS) - 2
    )  # those of `finished` changed too
    assert same(collector, one_by_one)
