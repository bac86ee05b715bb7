"""The pipeline as dvc runs it, on a tiny configuration."""

import json
import shutil
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from facepoints.report.selection import cells
from facepoints.store.crops import decode_crop, read, read_columns
from facepoints.training.checkpoint import SECONDS

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
NONE = "synthetic-mobilenet_v3_small-none-all-0"
GEOMETRIC = "synthetic-mobilenet_v3_small-geometric-all-0"
SET_STAGES = {f"{stage}@synthetic" for stage in ("download", "cache", "split")}


def of_cells(stages, names=(NONE, GEOMETRIC)):
    keys = {"train": "{}", "export": "{}", "evaluate": "synthetic-{}"}
    return {f"{stage}@{keys[stage].format(name)}" for stage, name in product(stages, names)}


ALL_CELL_STAGES = of_cells(("train", "evaluate", "export"))
START = {"start@mobilenet_v3_small"}

# Edit → the stages whose inputs it changes. What runs is these and what depends on their outputs, if those change.
PARAMETER_EDITS = {
    "augmentation.geometric.rotation.degrees": of_cells(["train"], [GEOMETRIC]),
    "augmentation.all.rotation.degrees": set(),
    "train.weight_decay": of_cells(["train"]),
    "evaluate.resamples": of_cells(["evaluate"]),
    "evaluate.robustness.faces": of_cells(["evaluate"]),
    "export.int8": of_cells(["export"]),
    "report.faces": {"render"},
    "split.seed": {"split@synthetic"},
    "cache.quality": {"cache@synthetic"},
    "cache.side": {"cache@synthetic"},
    "dataset.synthetic.options.seed": {"cache@synthetic"},
    "model.mobilenet_v3_small.loss.w": ALL_CELL_STAGES,
    "model.resnet18.input": set(),
    "dataset.muct.test": set(),
}
CODE_EDITS = {
    "src/facepoints/sources/fetch.py": set(),
    "src/facepoints/synthetic/scene.py": {"cache@synthetic"},
    "src/facepoints/datasets/muct.py": {"cache@synthetic"},
    "src/facepoints/crops/warp.py": {"cache@synthetic", "split@synthetic"} | ALL_CELL_STAGES,
    "src/facepoints/splits/split.py": {"split@synthetic"} | ALL_CELL_STAGES,
    "src/facepoints/augment/geometry.py": ALL_CELL_STAGES,
    "src/facepoints/models/losses.py": START | ALL_CELL_STAGES,
    "src/facepoints/training/loop.py": of_cells(["train"]),
    "src/facepoints/evaluation/metrics.py": of_cells(["export", "evaluate"]) | {"render"},
    "src/facepoints/evaluation/robustness.py": of_cells(["evaluate"]),
    "src/facepoints/inference/handout.py": of_cells(["export", "evaluate"]),
    "src/facepoints/report/figures.py": {"render"},
    "src/facepoints/cli/main.py": set(),
    "src/facepoints/schemes/ibug68.yaml": {"cache@synthetic"},
    "stages/train.py": of_cells(["train"]),
    "weights/kept.yaml": START,
    "README.md": set(),
}


def change(params, key):
    *parents, last = key.split(".")
    part = params
    for parent in parents:
        part = part[parent]
    other = {"dataset.muct.test": "official", "train.weight_decay": 0.5, "report.faces": True}
    other["export.int8"] = False
    other["evaluate.robustness.faces"] = 100
    part[last] = other[key] if key in other else part[last] + 1


def test_the_finished_pipeline_is_up_to_date(finished):
    assert finished.stale() == set()
    assert "up to date" in finished.run("dvc", "repro").stdout


@pytest.mark.parametrize("key", PARAMETER_EDITS)
def test_a_parameter_makes_exactly_its_stages_stale(finished, key):
    before = (finished.folder / "params.yaml").read_text()
    params = finished.params()
    change(params, key)
    try:
        finished.write_params(params)
        assert finished.stale() - {"check"} == PARAMETER_EDITS[key]
    finally:
        (finished.folder / "params.yaml").write_text(before)


@pytest.mark.parametrize("file", CODE_EDITS)
def test_an_edit_of_code_makes_exactly_its_stages_stale(finished, file):
    before = (finished.folder / file).read_text()
    try:
        finished.edit(file)
        assert finished.stale() - {"check"} == CODE_EDITS[file]
    finally:
        (finished.folder / file).write_text(before)


def ran(output: str) -> set[str]:
    return {line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")}


def test_touching_an_augmentation_runs_its_cells_and_render_only(clone):
    params = clone.params()
    params["augmentation"]["geometric"]["rotation"]["degrees"] += 5
    clone.write_params(params)
    expected = of_cells(("train", "evaluate", "export"), [GEOMETRIC]) | {"check", "render"}
    assert ran(clone.run("dvc", "repro").stdout) == expected


@pytest.mark.slow
def test_editing_evaluation_trains_nothing_again(clone):
    path = clone.folder / "src/facepoints/evaluation/metrics.py"
    path.write_text(path.read_text().replace("threshold: float = 10.0", "threshold: float = 12.0"))
    expected = of_cells(["export", "evaluate"]) | {"check", "render"}
    assert ran(clone.run("dvc", "repro").stdout) == expected


def test_the_number_of_cells_is_the_product_of_the_lists(clone):
    params = clone.params()
    params.update(
        datasets=["synthetic", "muct"],
        train_on=["synthetic", "muct"],
        models=["mobilenet_v3_small", "resnet18"],
        augmentations=["none", "geometric", "all"],
        train_sizes=["all", 10],
        seeds=[0, 1],
    )
    clone.write_params(params)
    listed = clone.run("dvc", "stage", "list", "--name-only").stdout.split()
    count = 2 * 2 * 3 * 2 * 2
    assert len(cells(params)) == count
    for stage, expected in {
        "download": 2,
        "cache": 2,
        "split": 2,
        "start": 2,
        "train": count,
        "evaluate": 2 * count,
        "export": count,
        "render": 1,
        "check": 1,
    }.items():
        assert sum(name.split("@")[0] == stage for name in listed) == expected


def test_what_a_run_leaves(finished):
    metrics = json.loads((finished.folder / "metrics/summary.json").read_text())
    assert set(metrics["synthetic"]) == {"mobilenet_v3_small-none", "mobilenet_v3_small-geometric"}
    table = pd.read_csv(finished.folder / "metrics/summary.csv")
    assert "mean shape" in set(table["model"])
    record = json.loads((finished.folder / f"results/export/{NONE}.json").read_text())
    assert record["parity_pixels"] <= 0.01
    assert record["models"]["int8"]["bytes"] < 0.5 * record["models"]["fp32"]["bytes"]
    assert set(table.columns) >= {"nme_fp32_exact", "nme_int8_exact"}
    assert (finished.folder / "report/index.html").stat().st_size > 10_000
    shown = finished.run("facepoints", "summary").stdout
    assert "mean shape (synthetic)" in shown
    assert "report/index.html" in shown


def metrics_of(clone) -> list[str]:
    metrics = json.loads((clone.folder / "metrics/summary.json").read_text())
    return [f"{dataset}.{cell}" for dataset, cells in metrics.items() for cell in cells]


def test_dvc_s_own_commands_work(clone):
    assert "synthetic.mobilenet_v3_small-geometric" in clone.run("dvc", "metrics", "show").stdout
    assert "render" in clone.run("dvc", "dag").stdout
    assert "index.html" in clone.run("dvc", "plots", "show").stdout
    clone.run("dvc", "exp", "run", "-S", "evaluate.flip_average=true", "-n", "flipped")
    diff = clone.run("dvc", "metrics", "diff", "--no-path", COLUMNS="120").stdout.splitlines()
    assert diff[0].split() == ["Metric", "HEAD", "workspace", "Change"]
    assert [line.split()[0] for line in diff[1:]] == sorted(metrics_of(clone))
    line = next(line for line in README.splitlines() if line.startswith("    dvc exp show "))
    shown = clone.run("sh", "-c", line, COLUMNS="120").stdout.splitlines()
    (head,) = (row.split() for row in shown if "Experiment" in row)
    assert head == ["Experiment", *sorted(metrics_of(clone)), "evaluate.flip_average"]
    assert any("[flipped]" in row for row in shown)
    assert max(map(len, diff)) <= 120
    back = next(line for line in README.splitlines() if line.startswith("    git restore "))
    clone.run("sh", "-c", back)
    assert clone.run("git", "status", "--short").stdout == ""
    assert clone.stale() == set()


@pytest.mark.parametrize(
    ("key", "side"),
    [
        pytest.param("cache.side", 40, marks=pytest.mark.slow),
        ("dataset.synthetic.options.side", 80),
    ],
)
def test_sizes_are_not_hidden_from_the_run_cache(clone, key, side):
    """It ignores keys called size: crops of another size would come back under the new parameter."""

    def crops():
        store = clone.folder / "data/cache/synthetic"
        return read(store, read_columns(store, ["face"])["face"])

    before = crops()
    clone.run("dvc", "exp", "run", "-S", f"{key}={side}", "cache@synthetic")
    after = crops()
    view = side if key == "cache.side" else before.settings.side
    assert after.settings.side == view
    assert decode_crop(after.crop[0]).shape[0] == view + 2 * round(0.25 * view)
    if key != "cache.side":  # the same faces in larger pictures
        larger = (before.landmark_box + 0.5) * side / 64 - 0.5
        np.testing.assert_allclose(after.landmark_box, larger, atol=1e-3)


@pytest.mark.slow
def test_raw_files_are_mended_as_the_message_says(clone, tmp_path):
    """A bad label stops the cache stage; mended in the copies and read in again, it goes on."""
    copies = tmp_path / "copies"
    for index in range(3):
        name = copies / "300w" / "afw" / f"{index}_1"
        name.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(f"{name}.png", np.full((90, 160, 3), 90, np.uint8))
        points = "".join(f"{index + 9}.0 {index % 9 + 40}.0\n" for index in range(68 - index // 2))
        name.with_suffix(".pts").write_text(f"version: 1\nn_points: 68\n{{\n{points}}}\n")
    bad, good = (copies / "300w/afw" / f"{index}_1.pts" for index in (2, 1))
    params = clone.params()
    params.update(datasets=["w300"], train_on=["w300"])
    clone.write_params(params)

    def repro(*arguments, check=True):
        return clone.run("dvc", "repro", *arguments, check=check, FACEPOINTS_DATA=str(copies))

    told = repro("cache@w300", check=False).stderr
    assert "afw/2_1.pts: expected 68 lines" in told
    again = "dvc repro -f -s download@w300"
    assert again in told
    bad.write_text(good.read_text())
    assert (
        "expected 68 lines" in repro("cache@w300", check=False).stderr
    )  # not read again by itself
    repro(*again.split()[2:])
    repro("cache@w300")
    assert len(read_columns(clone.folder / "data/cache/w300", ["face"])["face"]) == 3


def test_cells_of_other_experiments_leave_the_summary(clone):
    clone.run("dvc", "exp", "run", "-S", "augmentations=[none]")
    metrics = json.loads((clone.folder / "metrics/summary.json").read_text())
    assert set(metrics["synthetic"]) == {"mobilenet_v3_small-none"}


def test_a_fresh_clone_of_the_results_is_up_to_date_without_data(finished, tmp_path):
    fresh = tmp_path / "fresh"
    subprocess.run(["git", "clone", "-q", str(finished.folder), str(fresh)], check=True)
    dry = subprocess.run(
        [Path(sys.executable).parent / "dvc", "repro", "--dry", "--allow-missing"],
        cwd=fresh,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Data and pipelines are up to date." in dry.stdout


@pytest.mark.slow
def test_two_clones_with_separate_caches_write_the_same_lock(finished, tmp_path):
    """Each ran everything itself: --no-run-cache, and no cache in common."""
    other = type(finished)(tmp_path / "other")
    subprocess.run(["git", "clone", "-q", str(finished.folder), str(other.folder)], check=True)
    (other.folder / "dvc.lock").unlink()
    other.run("dvc", "repro", "--no-run-cache")
    assert (other.folder / "dvc.lock").read_bytes() == (finished.folder / "dvc.lock").read_bytes()


def test_a_typo_fails_in_check_before_anything_runs(clone):
    params = clone.params()
    params["train"]["epoch"] = 3
    clone.write_params(params)
    done = clone.run("dvc", "repro", check=False)
    assert done.returncode != 0
    assert ran(done.stdout) == {"check"}
    assert "unknown key train.epoch" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_data_and_no_network_is_one_message(clone):
    """300W has no address that needs no registration."""
    done = clone.run("python", "-m", "stages.download", "w300", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "FACEPOINTS_DATA" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (clone.folder / "data/raw/w300").exists()


def test_git_ignores_no_source():
    tracked = [
        str(path.relative_to(ROOT))
        for folder in ("src", "stages", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.suffix != ".pyc"
        and "egg-info" not in str(path)
    ]
    done = subprocess.run(
        ["git", "check-ignore", "--stdin"],
        cwd=ROOT,
        input="\n".join(tracked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert len(tracked) > 100


def test_a_clone_imports_its_own_source(clone):
    script = "import stages, facepoints; print(facepoints.__file__)"
    shown = clone.run("python", "-c", script).stdout.strip()
    assert Path(shown).is_relative_to(clone.folder)


def test_the_lock_holds_no_machine(finished):
    lock = (finished.folder / "dvc.lock").read_text()
    assert str(finished.folder) not in lock
    assert yaml.safe_load(lock)["schema"] == "2.0"


@pytest.mark.usefixtures("heard_ctrl_c")
def test_ctrl_c_ends_a_training_in_one_line_and_the_next_goes_on(clone):
    params = clone.params()
    params["train"]["epochs"] = 300
    clone.write_params(params)
    checkpoint = clone.folder / f".scratch/checkpoints/{NONE}.pt"
    training = clone.started("python", "-m", "stages.train", NONE, **{SECONDS: "0"})
    for _ in range(600):
        if checkpoint.exists():
            break
        time.sleep(0.1)
    training.send_signal(signal.SIGINT)
    told = training.communicate(timeout=60)[1]
    assert training.returncode == 1
    assert told.startswith("interrupted; `dvc repro` goes on")
    assert told.count("\n") == 1
    state = torch.load(checkpoint, weights_only=True)
    reached = f"{len(state['history'])} and {len(state['done'])} steps"
    again = clone.started("python", "-u", "-m", "stages.train", NONE)
    assert f"going on after epoch {reached}." in again.stdout.readline()
    again.kill()
    again.communicate()


def test_what_cannot_be_written_is_one_message(clone):
    shutil.rmtree(clone.folder / "data")
    (clone.folder / "data").write_text("a file where a folder should be")
    done = clone.run("python", "-m", "stages.check", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: data: File exists. ")
    assert done.stderr.count("\n") == 1
