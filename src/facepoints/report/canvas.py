"""Figures: one style, panels in rows, and SVG files that are the same bytes every time."""

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from facepoints.files import replace
from facepoints.report.labels import Look

WIDTH = 10.0  # inches, of every figure
INK = "#1f2328"
FAINT = "#6a7078"
LEGEND_ROW = 0.21  # inches
LETTER = 0.066  # inches per character, at most, at the size of legends and ticks
LEGEND_HANDLE = 0.6  # inches: the line, and the gap to the next column

RULE_LABEL = "NME of the mean training shape"
RULE_DASHES = ("--", ":", "-.")

STYLE: Any = {
    "svg.hashsalt": "facepoints",  # ids in the file: the same in every run
    "svg.fonttype": "path",  # letters as outlines: looks the same where a font is missing
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#9aa0a6",
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dfe2e5",
    "grid.linewidth": 0.7,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.solid_capstyle": "round",
    "lines.scale_dashes": True,
}


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib's defaults with STYLE on top, whatever the user's matplotlibrc says; then back."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def panels(count: int, columns: int, height: float, legend: float) -> tuple[Figure, list[Axes]]:
    """A figure with `count` panels in rows of at most `columns`; heights in inches."""
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08, wspace=0.03)
    figure = Figure(figsize=(WIDTH, rows * height + legend), layout=layout)
    grid = figure.add_gridspec(rows, columns)
    return figure, [figure.add_subplot(grid[i // columns, i % columns]) for i in range(count)]


def dashes(look: Look) -> Any:
    """The look's dash as matplotlib's line style."""
    return (0, look.dash) if look.dash else "-"


def rule(train_sets: Sequence[str], train_on: str) -> dict[str, Any]:
    """How the NME of the mean shape of `train_on`, one of the study's `train_sets`, is drawn."""
    label = RULE_LABEL if len(train_sets) == 1 else f"{RULE_LABEL} of {train_on}"
    dash = RULE_DASHES[train_sets.index(train_on) % len(RULE_DASHES)]
    return {"color": FAINT, "linestyle": dash, "linewidth": 1, "label": label}


def rules(axes: Iterable[Axes]) -> list[Artist]:
    """The legend's entries for the rules of mean shapes, one per train set that has any."""
    drawn = [handle for axis in axes for handle in axis.get_legend_handles_labels()[0]]
    return list({str(handle.get_label()): handle for handle in drawn}.values())


def line_width(lines: int) -> float:
    """Thinner where many lines cross."""
    return 1.8 if lines <= 8 else 1.4 if lines <= 16 else 1.1


def legend_columns(labels: Sequence[str]) -> int:
    """As many columns as fit the width with the longest label."""
    longest = max(len(label) for label in labels)
    return max(1, min(len(labels), int(WIDTH / (longest * LETTER + LEGEND_HANDLE))))


def legend_height(labels: Sequence[str]) -> float:
    """Inches that `legend` takes below the panels."""
    return LEGEND_ROW * math.ceil(len(labels) / legend_columns(labels)) + 0.15


def legend(figure: Figure, looks: Sequence[Look], extra: Sequence[Artist] = ()) -> None:
    """One legend below all panels: a line per look, then `extra`."""
    width = line_width(len(looks))
    lines: list[Artist] = [
        Line2D([], [], color=look.colour, linestyle=dashes(look), linewidth=width) for look in looks
    ]
    labels = [look.label for look in looks] + [str(artist.get_label()) for artist in extra]
    if not labels:
        return
    figure.legend(
        handles=[*lines, *extra],
        labels=labels,
        loc="outside lower center",
        ncols=legend_columns(labels),
        handlelength=2.6,
        columnspacing=1.6,
    )


def save(figure: Figure, path: Path) -> None:
    """Write `figure` as SVG, without date or program version."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    replace(path, buffer.getvalue())
