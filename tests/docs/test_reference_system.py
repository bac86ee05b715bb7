"""docs/reference-system.md, replayed with its recipe shrunk to a few drawn faces."""

import csv
import re

import pytest

from tests.docs.replay import replay, text

PAGE = "reference-system.md"
SMALL = (
    "datasets=[synthetic]",
    "train_on=[synthetic]",
    "cache.side=64",
    "model.resnet18_heatmap.input=64",
    "train.epochs=1",
    "train.batch_size=8",
)
TINY = {"-S 'seeds=[0,1]'": " ".join(f"-S '{change}'" for change in SMALL)}


@pytest.mark.slow
def test_the_page_s_commands_run_and_its_columns_are_in_the_table(clone):
    told = replay(PAGE, clone, TINY)
    assert told["facepoints recipe run w300-best --dry"].startswith("dvc exp run -S ")
    assert "synthetic-resnet18_heatmap-strong-all-0" in told["facepoints summary"]
    with (clone.folder / "metrics/summary.csv").open(newline="") as file:
        (row, *_) = csv.DictReader(file)
    assert row["model"] == "resnet18_heatmap"
    rows = re.findall(r"^\| (`.*`) \|", text(PAGE), re.MULTILINE)
    columns = [name for each in rows for name in re.findall(r"`(\w+)`", each)]
    assert len(columns) == 6
    assert all(row[name] for name in columns)
    assert f"`{row['normaliser']}` (outer eye corners)" in text(PAGE)
