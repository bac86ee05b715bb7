"""Which cells params.yaml selects, and which files under results/ are theirs."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Literal

from facepoints import FacepointsError
from facepoints.adapted import rows
from facepoints.cell import Cell
from facepoints.parameters import value

EVALUATE_SUFFIXES = (".json", ".csv", ".jpg", "-worst.jpg")


def cells(head: Mapping[str, Any]) -> list[Cell]:
    """Every cell that the head of params.yaml selects: train_on outermost, seeds innermost.

    Raises:
        FacepointsError: a key is missing, of a wrong type, or names something twice.
    """
    axes = (
        value(head, "train_on", list[str]),
        value(head, "models", list[str]),
        value(head, "augmentations", list[str]),
        value(head, "train_sizes", list[int | Literal["all"]]),
        value(head, "seeds", list[int]),
    )
    selected = [Cell(*fields) for fields in product(*axes)]
    twice = sorted({cell.name for cell in selected if selected.count(cell) > 1})
    if twice:
        raise FacepointsError(
            f"params.yaml: selected more than once: {', '.join(twice)}. Remove one of the entries."
        )
    return selected


def prune(
    results: Path,
    datasets: Sequence[str],
    selected: Sequence[Cell],
    adapt_to: Sequence[str] = (),
) -> None:
    """Delete what no selected cell wrote below results/{history,training,evaluate,export}.

    Files of cells that were selected earlier would otherwise make another hash of the same results, and the render
    stage run again. Emptied folders go with them. Nothing is deleted when a file of a selected cell is missing.

    Args:
        adapt_to: the data sets that also have adapted cells.

    Raises:
        FacepointsError: files of selected cells are missing (all of them are named).
    """
    wanted = set(_files(results, datasets, selected, adapt_to))
    missing = sorted(str(path) for path in wanted if not path.is_file())
    if missing:
        raise FacepointsError(
            "These results of selected cells are missing; build them with `dvc repro`:\n  "
            + "\n  ".join(missing)
        )
    for part in ("history", "training", "evaluate", "export"):
        # Deepest first, so that a folder is looked at after what was in it.
        for path in sorted((results / part).rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in wanted:
                path.unlink()


def _files(
    results: Path, datasets: Sequence[str], selected: Sequence[Cell], adapt_to: Sequence[str]
) -> Iterable[Path]:
    """The files that the selected cells write below results/."""
    for cell in selected:
        yield results / "history" / f"{cell.name}.csv"
        yield results / "training" / f"{cell.name}.jpg"
        yield results / "training" / f"{cell.name}.json"
        yield results / "export" / f"{cell.name}.json"
    for dataset in datasets:
        for row, suffix in product(rows(selected, dataset in adapt_to), EVALUATE_SUFFIXES):
            yield results / "evaluate" / dataset / f"{row.name}{suffix}"
