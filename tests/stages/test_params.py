"""Each stage reads exactly the keys of params.yaml that dvc.yaml lists for it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
CELL = "synthetic-mobilenet_v3_small-geometric-all-0"
ITEM = {
    "dataset": "synthetic",
    "model": "mobilenet_v3_small",
    "train_on": "synthetic",
    "augmentation": "geometric",
    "size": "all",
    "seed": "0",
}
# check reads the whole file: tests/test_experiment.py.
STAGES = {
    name: stage
    for name, stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].items()
    if name != "check"
}


def filled(text: str) -> str:
    """A line of dvc.yaml for one item of its matrix."""
    text = text.replace("${key}", CELL)
    return re.sub(r"\$\{item\.(\w+)\}", lambda found: ITEM[found[1]], text)


def command(stage: str) -> list[str]:
    return filled(STAGES[stage]["cmd"]).split()


def keys(stage: str) -> list[str]:
    return [filled(key) for key in STAGES[stage]["params"]]


def cut(params: dict, wanted: list[str]) -> dict:
    """Only the wanted dotted keys of `params`."""
    left: dict[str, Any] = {}
    for key in wanted:
        *folders, last = key.split(".")
        source, target = params, left
        for folder in folders:
            source, target = source[folder], target.setdefault(folder, {})
        target[last] = source[last]
    return left


@pytest.mark.parametrize("stage", STAGES)
def test_params_yaml_cut_down_to_a_stage_s_keys_suffices(clone, stage: str):
    if stage == "evaluate_adapted":  # the tiny pipeline adapts nothing
        clone.run(*command("adapt"))
    clone.write_params(cut(clone.params(), keys(stage)))
    clone.run(*command(stage))


# What a stage says, for each of several parameter files; in one process, because importing takes seconds.
SAID = """
import importlib, json, pathlib, sys
from stages import run
stage, *sys.argv = sys.argv[1:]
main = importlib.import_module(stage).main
said = []
for text in json.loads(sys.stdin.read()):
    pathlib.Path("params.yaml").write_text(text)
    try:
        run(main)
        said.append("nothing")
    except SystemExit as end:
        said.append(end.code)
print("said", json.dumps(said))
"""


@pytest.mark.parametrize("stage", STAGES)
def test_without_any_one_of_its_keys_a_stage_fails(clone, stage: str):
    wanted = keys(stage)
    files = [
        yaml.safe_dump(cut(clone.params(), [other for other in wanted if other != key]))
        for key in wanted
    ]
    _, _, module, *arguments = command(stage)
    process = clone.started("python", "-c", SAID, module, module, *arguments, stdin=True)
    out, err = process.communicate(json.dumps(files))
    assert process.returncode == 0, err
    said = json.loads(out.splitlines()[-1].removeprefix("said "))
    assert len(said) == len(wanted)
    for key, told in zip(wanted, said, strict=True):
        assert f"error: params.yaml: key {key} is missing" in str(told)


def test_an_experiment_changes_only_the_lines_that_it_sets(bare):
    bare.run("dvc", "exp", "run", "-S", "evaluate.sheet_faces=11", "-S", "models=[resnet18]")
    lines = bare.run("git", "diff", "--unified=0", "params.yaml").stdout.splitlines()
    changed = [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == [
        "-- mobilenet_v3_small",
        "+- resnet18",
        "-  sheet_faces: 12 # test faces drawn per cell",
        "+  sheet_faces: 11 # test faces drawn per cell",
    ]
