"""`facepoints compare`, on cells and on revisions, through the true git and dvc."""

import json
import re

import pytest

from facepoints.evaluation import face_errors
from facepoints.evaluation.face_errors import FaceErrors, parse

NONE = "synthetic-mobilenet_v3_small-none-all-0"
GEOMETRIC = "synthetic-mobilenet_v3_small-geometric-all-0"


def compare(clone, *words, check=True):
    return clone.run("facepoints", "compare", *words, check=check)


def table(clone, cell):
    path = clone.folder / f"results/evaluate/synthetic/{cell}.csv"
    return path, parse(path.read_text(), "")


def test_two_cells_of_the_last_run(clone):
    first, second = (table(clone, cell)[1].nme for cell in (NONE, GEOMETRIC))
    shown = compare(clone, NONE, GEOMETRIC).stdout.splitlines()
    assert shown[0] == f"synthetic: {GEOMETRIC} against {NONE}, NME in % of the normaliser"
    assert len(shown) == 2
    assert f"{second.mean():.3f} against {first.mean():.3f}" in shown[1]
    assert re.search(r"(better by|worse by|no difference shown at this sample size)", shown[1])
    same = compare(clone, NONE, NONE).stdout
    assert "no difference shown" in same
    assert "+0.000 [+0.000, +0.000]" in same


@pytest.mark.slow
def test_a_revision_an_experiment_and_the_folder(clone):
    """The experiment's intervals are of other resamples; the points are the same."""
    clone.run("dvc", "exp", "run", "-S", "evaluate.resamples=200", "-n", "coarse")
    shown = compare(clone, "HEAD", "coarse").stdout
    for cell in (NONE, GEOMETRIC):
        assert f"synthetic: coarse:{cell} against HEAD:{cell}" in shown
    one = compare(clone, f"HEAD:{NONE}", f"coarse:{GEOMETRIC}").stdout.splitlines()
    assert one[0].startswith(f"synthetic: coarse:{GEOMETRIC} against HEAD:{NONE}")
    here = compare(clone, "coarse").stdout  # the folder holds what the experiment left
    assert f"synthetic: {NONE} against coarse:{NONE}" in here
    assert here.count("+0.000 [+0.000, +0.000]") == 2


def test_other_test_faces_are_refused(clone):
    change(clone, faces_sha256="0" * 64)
    refused = compare(clone, "HEAD", check=False)
    assert refused.returncode == 1
    assert f"error: HEAD:{NONE} and {NONE} on synthetic: they were scored on" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_subsets_have_lines_of_their_own(clone):
    for cell in (NONE, GEOMETRIC):
        path, errors = table(clone, cell)
        subsets = [["pose"] if index % 2 else ["blur", "pose"] for index in range(len(errors.face))]
        path.unlink()
        face_errors.write(FaceErrors(errors.face, errors.group, subsets, errors.nme), path)
    lines = compare(clone, NONE, GEOMETRIC).stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["all", "blur", "pose"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody"], "'nobody': expected a cell"),
        (["HEAD:synthetic-none"], "names no cell"),
        ([NONE, "synthetic-resnet18-none-all-0"], f"no such cell. There are: {GEOMETRIC}, {NONE}."),
        ([NONE, GEOMETRIC, "--dataset", "muct"], "no cell and data set in common on muct"),
        (["HEAD~1"], "results/evaluate cannot be had"),
    ],
)
def test_what_cannot_be_compared_is_told(finished, words, said):
    done = compare(finished, *words, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def change(clone, **values):
    path = clone.folder / f"results/evaluate/synthetic/{NONE}.json"
    metrics = json.loads(path.read_text())
    path.unlink()
    path.write_text(json.dumps({**metrics, **values}))


def test_circumstances_that_differ_are_told(clone):
    change(clone, flip_average=True)
    lines = compare(clone, NONE, GEOMETRIC).stdout.splitlines()
    assert lines[1] == "  not the same: flip_average False against True"


def test_what_only_one_side_has_is_told(clone):
    path = clone.folder / "metrics/summary.csv"
    rows = path.read_text().splitlines()
    path.unlink()
    path.write_text("\n".join(row for row in rows if GEOMETRIC not in row))
    told = compare(clone, "HEAD").stdout.splitlines()
    assert told[0].startswith(f"synthetic: {NONE} against HEAD:{NONE}")
    assert told[-1] == f"not compared, because only one side has it: {GEOMETRIC} on synthetic"


def test_measures_that_differ_are_refused(clone):
    change(clone, normaliser="box")
    done = compare(clone, NONE, GEOMETRIC, check=False)
    assert done.returncode == 1
    assert "not measured alike (normaliser: 'box' and 'inter_ocular')" in done.stderr
