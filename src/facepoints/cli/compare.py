"""`facepoints compare`: is one model really better than another?"""

import csv
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from facepoints import FacepointsError, adapted
from facepoints.cli import dvc
from facepoints.cli.failure import told

SUMMARY = Path("metrics/summary.csv")
EVALUATED = Path("results/evaluate")
RESAMPLES = 10_000
# What two cells may be compared in spite of; it is told.
CIRCUMSTANCES = ("scheme", "convention", "flip_average", "selection")


@dataclass(frozen=True)
class Side:
    """What stands on one side: a cell, a revision's cells, or one cell of a revision; no revision is this folder."""

    revision: str | None
    cell: str | None

    @classmethod
    def parse(cls, word: str) -> "Side":
        """A word of the command line: CELL, REVISION or REVISION:CELL."""
        revision, colon, cell = word.rpartition(":")
        if colon:
            return cls(revision, adapted.parse(cell).name)
        try:
            return cls(None, adapted.parse(word).name)
        except FacepointsError:
            return cls(word, None)

    def measured(self) -> dict[str, list[str]]:
        """Data set → the cells that were scored there.

        Raises:
            FacepointsError: there is no such revision, or it holds no results, or not those of the cell.
        """
        text = (
            dvc.text_at(self.revision, SUMMARY)
            if self.revision
            else SUMMARY.read_text(encoding="utf-8")
        )
        rows = list(csv.DictReader(text.splitlines()))
        found = {
            dataset: sorted(
                row["cell"] for row in rows if row["dataset"] == dataset and row["cell"]
            )
            for dataset in dict.fromkeys(row["dataset"] for row in rows)
        }
        if self.cell and not any(self.cell in names for names in found.values()):
            known = sorted({name for names in found.values() for name in names})
            raise FacepointsError(
                f"{self.cell}: {self.revision or 'the last run'} has no such cell. There are: {', '.join(known)}."
            )
        return found

    def results(self, scratch: Path) -> Path:
        """The folder of its measurements; of a revision, a copy in `scratch`."""
        return dvc.fetched(self.revision, EVALUATED, scratch) if self.revision else EVALUATED

    def name(self, cell: str) -> str:
        """Of one of its cells."""
        return f"{self.revision}:{cell}" if self.revision else cell


@told
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="CELL, REVISION or REVISION:CELL")],
    second: Annotated[
        str | None,
        typer.Argument(metavar="[B]", help="the same; left out: the last run in this folder"),
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="only on this data set")] = None,
) -> None:
    """Say whether B is better than A, worse, or whether the test faces show no difference.

    Face by face on the same faces, with a 95 % interval over people or photos. A revision is a commit, tag or branch
    of git, or the name of an experiment; its results come from DVC's cache or remote. Between revisions every cell
    that both have is compared.
    """
    # Heavy packages: only this command needs them.
    from facepoints.evaluation.comparison import by_subset, same_protocol
    from facepoints.evaluation.face_errors import parse

    sides = Side.parse(first), Side(None, None) if second is None else Side.parse(second)
    pairs, left = _pairs(*sides, dataset)
    if not pairs:
        raise FacepointsError(
            f"{first} and {second or 'the last run'} have no cell and data set in common"
            + (f" on {dataset}" if dataset else "")
            + ". Name one cell of each: REVISION:CELL."
        )
    with tempfile.TemporaryDirectory() as scratch:
        folders = [side.results(Path(scratch) / str(place)) for place, side in enumerate(sides)]
        for where, cells in pairs:
            names = [side.name(cell) for side, cell in zip(sides, cells, strict=True)]
            paths = [folder / where / cell for folder, cell in zip(folders, cells, strict=True)]
            texts = [_text(path.with_suffix(".csv")) for path in paths]
            metrics = [json.loads(_text(path.with_suffix(".json"))) for path in paths]
            try:
                same_protocol(*metrics)
                tables = [parse(text, name) for text, name in zip(texts, names, strict=True)]
                differences = by_subset(tables[0], tables[1], RESAMPLES)
            except FacepointsError as error:
                raise FacepointsError(f"{names[0]} and {names[1]} on {where}: {error}") from error
            typer.echo(f"{where}: {names[1]} against {names[0]}, NME in % of the normaliser")
            for key in CIRCUMSTANCES:
                one, other = (found[key] for found in metrics)
                if one != other:
                    typer.echo(f"  not the same: {key} {other} against {one}")
            width = max(map(len, differences))
            for name, found in differences.items():
                count = f"{found.faces} faces in {found.groups} groups"
                typer.echo(f"  {name.ljust(width)}  {found} ({count})")
    for cell in left:
        typer.echo(f"not compared, because only one side has it: {cell}")


def _pairs(
    first: Side, second: Side, dataset: str | None
) -> tuple[list[tuple[str, tuple[str, str]]], list[str]]:
    """Data sets with the two cells that are laid beside each other there, and what only one side has."""
    before, after = first.measured(), second.measured()
    # Where one side names its cell, the other's is the same unless it names another.
    named = first.cell or second.cell
    pairs, left = [], []
    for where in sorted(before.keys() | after.keys()):
        if dataset not in (None, where):
            continue
        ours, theirs = set(before.get(where, ())), set(after.get(where, ()))
        for name in [named] if named else sorted(ours | theirs):
            cells = first.cell or name, second.cell or name
            if cells[0] in ours and cells[1] in theirs:
                pairs.append((where, cells))
            else:
                left.append(f"{name} on {where}")
    return pairs, left


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FacepointsError(
            f"{path}: cannot be read ({error.strerror}). Run dvc repro, or dvc checkout."
        ) from error
