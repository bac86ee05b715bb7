"""split: which faces of one data set are trained on, validated on and tested on."""

from collections import Counter
from pathlib import Path

from facepoints import parameters
from facepoints.splits.settings import SplitSettings
from facepoints.splits.split import TestRule, assign, order
from facepoints.splits.table import Row, write
from facepoints.store.crops import read_columns
from stages import run


def main(dataset: str) -> None:
    """Write data/splits/DATASET.csv."""
    params = parameters.read()
    settings = parameters.value(params, "split", SplitSettings)
    test: TestRule = parameters.value(params, f"dataset.{dataset}.test", TestRule)
    columns = read_columns(Path("data/cache") / dataset, ["face", "group", "split"])
    splits = assign(columns["group"], columns["split"], test, settings, dataset)
    ranks = order(columns["face"], settings.seed)
    rows = map(Row, columns["face"], columns["group"], splits, ranks)
    write(list(rows), Path("data/splits") / f"{dataset}.csv")
    counts = Counter(splits)
    print(f"{dataset}: " + ", ".join(f"{counts[name]} {name}" for name in sorted(counts)))


if __name__ == "__main__":
    run(main)
