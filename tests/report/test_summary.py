import json
import statistics
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.cell import Cell
from facepoints.report import summary
from facepoints.report.study import Study, read
from tests.report.conftest import write_adapted

WORDS = st.sampled_from(["all", "muct", "none"])
NAME = "synthetic-resnet50-none-all-0"


def test_the_json_holds_six_numbers_per_cell_rounded_to_three_decimals(
    tree: Path, load: Callable[[Path], Study]
) -> None:
    path = tree / "results/evaluate/muct" / f"{NAME}.json"
    values = {
        "nme": 4.12345,
        "nme_low": 4.0,
        "nme_high": None,
        "failure_rate": 1.23456,
        "auc": 0.56789,
    }
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    summary.write(load(tree), tree / "metrics")
    text = (tree / "metrics/summary.json").read_text()
    found = json.loads(text)
    assert found["muct"]["synthetic-resnet50-none"] == 4.123
    assert set(found["synthetic"]) >= {"resnet50-none"}
    assert list(found) == sorted(found) == ["muct", "synthetic"]
    assert list(found["muct"]) == sorted(found["muct"])
    assert text.endswith("}\n")


FIELDS = st.tuples(WORDS, WORDS, WORDS, st.sampled_from(["all", 1000]), st.integers(0, 3))


@given(FIELDS, FIELDS, WORDS)
def test_different_cells_have_different_short_names(one, other, dataset) -> None:
    first, second = Cell(*one), Cell(*other)
    names = (summary.short_name(first, dataset), summary.short_name(second, dataset))
    assert (first == second) == (names[0] == names[1])


def test_a_short_name_lacks_what_goes_without_saying() -> None:
    cell = Cell("muct", "resnet50", "none", "all", 0)
    assert summary.short_name(cell, "muct") == "resnet50-none"
    assert summary.short_name(cell, "w300") == "muct-resnet50-none"
    assert summary.short_name(replace(cell, seed=1), "muct") == "resnet50-none-all-1"
    assert summary.short_name(replace(cell, size=1000), "w300") == "muct-resnet50-none-1000-0"


def test_the_csv_has_a_row_per_cell_and_per_mean_shape(study: Study, tmp_path: Path) -> None:
    summary.write(study, tmp_path / "metrics")
    rows = pd.read_csv(tmp_path / "metrics/summary.csv", dtype=str, keep_default_na=False)
    assert list(rows["dataset"]) == ["synthetic"] * 5 + ["muct"] * 5
    mean = rows[rows["model"] == summary.MEAN_SHAPE]
    assert list(mean["nme"]) == ["11.346", "11.346"]
    assert set(mean["cell"]) == {""}
    cell = rows[(rows["cell"] == NAME) & (rows["dataset"] == "muct")].iloc[0]
    expected = study.scores("muct", study.cells[2])
    assert cell["nme"] == f"{expected.nme:.3f}"
    assert (cell["faces"], cell["best_epoch"], cell["size"], cell["seed"]) == (
        "400",
        "11",
        "all",
        "0",
    )
    assert cell["points"] == "shared 8: eye and mouth corners"
    assert cell["last_nme"] == f"{expected.last.nme:.3f}"
    assert not rows.apply(lambda column: column.str.startswith("{")).any(axis=None)


def test_seeds_are_summed_up_in_a_row_of_their_own(
    tmp_path: Path, write_results: Callable[..., None]
) -> None:
    cells = [Cell("muct", "resnet18", "none", "all", seed) for seed in range(3)]
    write_results(tmp_path, ["muct"], cells)
    study = read(tmp_path / "results", ["muct"], cells)
    summary.write(study, tmp_path)
    rows = pd.read_csv(tmp_path / "summary.csv", dtype=str, keep_default_na=False)
    assert list(rows["seed"]) == ["0", "1", "2", "mean of 3", ""]
    nme = [study.scores("muct", cell).nme for cell in cells]
    mean, deviation = statistics.mean(nme), statistics.stdev(nme)
    assert (rows["nme"][3], rows["nme_deviation"][3]) == (f"{mean:.3f}", f"{deviation:.3f}")
    line = summary.table(tmp_path / "summary.csv").splitlines()[5]
    assert f"muct-resnet18-none-all, mean of 3   {mean:.2f} ± {deviation:.2f}" in line
    assert list(rows["faces"]) == ["400"] * 5
    assert list(rows["left_out"]) == ["2", "2", "2", "", "2"]


def test_the_same_study_gives_the_same_bytes(study: Study, tmp_path: Path) -> None:
    for name in ("one", "two"):
        summary.write(study, tmp_path / name)
    for name in ("summary.json", "summary.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_table_is_aligned_and_says_what_the_csv_says(study: Study, tmp_path: Path) -> None:
    summary.write(study, tmp_path)
    lines = summary.table(tmp_path / "summary.csv").splitlines()
    assert " ".join(lines[0].split()) == (
        "data set cell NME % [95 % interval] failures % AUC faces"
    )
    assert len(lines) == 12
    assert all(line.endswith(" 400") and len(line) == len(lines[0]) for line in lines[2:])
    scores = study.scores("muct", study.cells[2])
    row = next(line for line in lines if line.startswith("muct") and NAME in line)
    assert f"{scores.nme:.2f}  [{scores.nme_low:.2f}, {scores.nme_high:.2f}]" in row
    assert "mean shape (synthetic)" in lines[6]


def test_the_table_fits_120_characters_with_the_longest_names(study: Study, tmp_path: Path) -> None:
    rows = summary.collect(study)
    rows["cell"] = "face_synthetics-pipnet_resnet101_frozen-occlusion_translation-10000-12"
    rows["dataset"] = "face_synthetics"
    rows.to_csv(tmp_path / "summary.csv", index=False)
    lines = summary.table(tmp_path / "summary.csv").splitlines()
    assert max(map(len, lines)) == 120
    assert "face_synthetics-pipnet" in lines[2]
    assert "-10000-12" in lines[2]


@pytest.mark.parametrize("content", [None, "", "a,b\n1,2\n"])
def test_another_file_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "summary.csv").write_text(content)
    with pytest.raises(FacepointsError, match=r"summary\.csv"):
        summary.table(tmp_path / "summary.csv")


def test_adapted_rows_change_no_other_row(
    study: Study, adapted_study: Study, tmp_path: Path
) -> None:
    for name, each in (("plain", study), ("adapted", adapted_study)):
        summary.write(each, tmp_path / name)
    before, after = (
        pd.read_csv(tmp_path / name / "summary.csv", dtype=str, keep_default_na=False)
        for name in ("plain", "adapted")
    )
    new = after["cell"].str.endswith("+adapted")
    assert new.sum() == 4
    left = after[~new].reset_index(drop=True)
    assert set(left.pop("nme_all")) == {""}
    pd.testing.assert_frame_equal(left, before)
    assert set(after["nme_all"][new]) == {"3.210"}
    assert set(after["best_epoch"][new]) == set(after["last_nme"][new]) == {""}
    numbers = json.loads((tmp_path / "adapted/summary.json").read_text())
    assert len(numbers["synthetic"]) == 4
    assert len(numbers["muct"]) == 8
    assert "synthetic-resnet50-none+adapted" in numbers["muct"]


def test_seeds_of_adapted_cells_are_summed_up_apart(
    tmp_path: Path, write_results: Callable[..., None]
) -> None:
    cells = [Cell("muct", "resnet18", "none", "all", seed) for seed in range(2)]
    write_results(tmp_path, ["muct"], cells)
    write_adapted(tmp_path, "muct", cells)
    summary.write(read(tmp_path / "results", ["muct"], cells, ["muct"]), tmp_path)
    rows = pd.read_csv(tmp_path / "summary.csv", dtype=str, keep_default_na=False)
    assert list(rows["seed"]) == ["0", "0", "1", "1", "mean of 2", "mean of 2, adapted", ""]
    nme = rows["nme"].astype(float)
    assert nme[4] == pytest.approx(nme[[0, 2]].mean(), abs=1e-3)
    assert nme[5] == pytest.approx(nme[[1, 3]].mean(), abs=1e-3)
    assert "muct-resnet18-none-all, mean of 2, adapted" in summary.table(tmp_path / "summary.csv")
