"""How cells look in figures and tables: a short label, a colour and a dash each."""

from collections.abc import Sequence
from dataclasses import dataclass

from facepoints.adapted import Adapted
from facepoints.cell import Cell

# Told apart with any of the common colour-vision deficiencies (Okabe and Ito, "Color Universal
# Design", 2008), with wine and grey for their yellow and black, on a light ground.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#595959")
# On and off lengths in line widths; () is solid.
DASHES: tuple[tuple[float, ...], ...] = ((), (4.5, 1.8), (1.2, 1.4), (6.0, 1.4, 1.2, 1.4))


@dataclass(frozen=True)
class Look:
    """`label` says what sets this cell apart; `colour` and `dash` are the same in all figures."""

    label: str
    colour: str
    dash: tuple[float, ...]


def looks(cells: Sequence[Cell]) -> dict[Cell, Look]:
    """One look per cell; 32 of them differ, then colours and dashes come round again."""
    fields = [_fields(cell) for cell in cells]
    varying = [len(set(column)) > 1 for column in zip(*fields, strict=True)]
    if not any(varying):
        varying = [False, True, True, False, False]
    return {
        cell: Look(
            label=" · ".join(
                [text for text, shown in zip(texts, varying, strict=True) if shown]
                + (["adapted"] if isinstance(cell, Adapted) else [])
            ),
            colour=COLOURS[index % len(COLOURS)],
            dash=DASHES[index // len(COLOURS) % len(DASHES)],
        )
        for index, (cell, texts) in enumerate(zip(cells, fields, strict=True))
    }


def common(cells: Sequence[Cell]) -> str:
    """What all cells share, which labels leave out, e.g. "synthetic · all faces · seed 0"."""
    columns = zip(*(_fields(cell) for cell in cells), strict=True)
    return " · ".join(column[0] for column in columns if len(set(column)) == 1)


def faces(cell: Cell) -> str:
    """How many training faces were asked for, e.g. "all faces" or "1,000 faces"."""
    return "all faces" if cell.size == "all" else f"{cell.size:,} faces"


def _fields(cell: Cell) -> tuple[str, ...]:
    return (cell.train_on, cell.model, cell.augmentation, faces(cell), f"seed {cell.seed}")
