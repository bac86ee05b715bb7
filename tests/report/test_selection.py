import shutil
from pathlib import Path
from typing import Any

import pytest

from facepoints import FacepointsError
from facepoints.cell import Cell
from facepoints.report.selection import cells, prune

HEAD: dict[str, Any] = {
    "datasets": ["synthetic", "muct"],
    "train_on": ["synthetic", "muct"],
    "models": ["resnet50"],
    "augmentations": ["none", "geometric"],
    "train_sizes": ["all", 1000],
    "seeds": [0],
}
SELECTED = [Cell("synthetic", "resnet50", a, "all", 0) for a in ("none", "geometric")]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_cells_are_the_product_of_the_head() -> None:
    found = cells(HEAD)
    assert len(found) == 8
    assert [cell.name for cell in found[:3]] == [
        "synthetic-resnet50-none-all-0",
        "synthetic-resnet50-none-1000-0",
        "synthetic-resnet50-geometric-all-0",
    ]


def test_a_repeated_entry_is_refused() -> None:
    with pytest.raises(FacepointsError, match="more than once: muct-resnet50-geometric-1000-0, "):
        cells(HEAD | {"train_on": ["muct"], "seeds": [0, 0]})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seeds": ["a"]}, "seeds.0"),
        ({"train_sizes": ["many"]}, "train_sizes"),
        ({"models": 1}, "models"),
    ],
)
def test_a_wrong_head_is_refused_by_key(change: dict[str, Any], said: str) -> None:
    with pytest.raises(FacepointsError, match=said):
        cells(HEAD | change)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(FacepointsError, match="key seeds is missing"):
        cells({key: entry for key, entry in HEAD.items() if key != "seeds"})


def test_prune_keeps_exactly_the_selected(tree: Path) -> None:
    before = contents(tree / "results")
    (tree / "results/evaluate/muct/stray.parquet").write_bytes(b"?")
    prune(tree / "results", ["synthetic"], SELECTED)
    after = contents(tree / "results")
    names = {f"{part}/{c.name}{end}" for c in SELECTED for part, end in (
        ("history", ".csv"),
        ("training", ".json"),
            ("training", ".jpg"),
        ("export", ".json"),
        ("evaluate/synthetic", ".json"),
        ("evaluate/synthetic", ".csv"),
        ("evaluate/synthetic", ".jpg"),
        ("evaluate/synthetic", "-worst.jpg"),
    )}  # fmt: skip
    assert after == {name: before[name] for name in names}
    assert not (tree / "results/evaluate/muct").exists()


def test_prune_touches_nothing_outside_its_folders(tree: Path) -> None:
    (tree / "results/notes").mkdir()
    (tree / "results/notes/mine.txt").write_text("kept")
    prune(tree / "results", ["synthetic"], SELECTED)
    assert (tree / "results/notes/mine.txt").read_text() == "kept"


def test_missing_files_are_named_and_nothing_is_deleted(tree: Path) -> None:
    gone = [
        tree / "results/history" / f"{SELECTED[0].name}.csv",
        tree / "results/evaluate/synthetic" / f"{SELECTED[1].name}.jpg",
    ]
    for path in gone:
        path.unlink()
    before = contents(tree)
    with pytest.raises(FacepointsError) as caught:
        prune(tree / "results", ["synthetic"], SELECTED)
    assert all(str(path) in str(caught.value) for path in gone)
    assert contents(tree) == before


def test_without_any_results_the_files_are_named(tree: Path) -> None:
    shutil.rmtree(tree / "results")
    with pytest.raises(FacepointsError, match=r"synthetic-resnet50-none-all-0\.csv"):
        prune(tree / "results", ["synthetic"], SELECTED)


@pytest.mark.usefixtures("adapted_study")
def test_adapted_rows_are_kept_where_they_are_selected(tree: Path) -> None:
    everything = cells_of_tree(tree)
    prune(tree / "results", ["synthetic", "muct"], everything, ["muct"])
    kept = {path.name for path in (tree / "results/evaluate/muct").iterdir()}
    assert len(kept) == 4 * 2 * 4
    assert f"{everything[0].name}+adapted-worst.jpg" in kept
    with pytest.raises(FacepointsError, match=r"synthetic/synthetic-.*\+adapted\.json"):
        prune(tree / "results", ["synthetic", "muct"], everything, ["synthetic"])
    prune(tree / "results", ["synthetic", "muct"], everything)
    assert len(list((tree / "results/evaluate/muct").iterdir())) == 4 * 4


def cells_of_tree(tree: Path) -> list[Cell]:
    """The cells that were trained."""
    return [Cell.parse(path.stem) for path in sorted((tree / "results/history").iterdir())]
