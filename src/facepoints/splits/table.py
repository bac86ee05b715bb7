"""The split table: one CSV per data set, face by face."""

import csv
from dataclasses import astuple, dataclass
from pathlib import Path

from facepoints import FacepointsError
from facepoints.files import replace_table

COLUMNS = ("face", "group", "split", "order")


@dataclass(frozen=True)
class Row:
    """One face: its id, its group, its split and its rank in the seeded order."""

    face: str
    group: str
    split: str
    order: int


def write(rows: list[Row], path: Path) -> None:
    """Write the table, whole or not at all."""
    replace_table(path, COLUMNS, map(astuple, rows))


def read(path: Path) -> list[Row]:
    """All rows.

    Raises:
        FacepointsError: the file is missing or has other columns.
    """
    if not path.is_file():
        raise FacepointsError(
            f"{path}: no split table here. Run the split stage first (dvc repro)."
        )
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise FacepointsError(f"{path}: expected columns {COLUMNS}, found {reader.fieldnames}.")
        return [Row(r["face"], r["group"], r["split"], int(r["order"])) for r in reader]


def faces(rows: list[Row], split: str, first: int | None = None) -> list[str]:
    """The ids of one split in their seeded order, or the `first` of them.

    Raises:
        FacepointsError: none, or fewer than asked for.
    """
    chosen = [row.face for row in sorted(rows, key=lambda row: row.order) if row.split == split]
    if not chosen:
        raise FacepointsError(
            f"the {split} split is empty ({len(rows)} faces in all), so there is nothing to "
            f"{'learn from' if split == 'train' else 'measure on'}. Add faces, or change dataset.NAME.test or the "
            "shares in split."
        )
    if first is not None and first > len(chosen):
        raise FacepointsError(
            f"train_sizes: {first} training faces asked for, but the {split} split has {len(chosen)}. "
            "Give a smaller number, or all."
        )
    return chosen[:first]
