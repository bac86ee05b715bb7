"""The figure of all NMEs as a map: models in rows, augmentations and train sizes in columns."""

import statistics
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facepoints.adapted import Adapted
from facepoints.cell import Cell
from facepoints.report import canvas
from facepoints.report.study import Comparison, Study, comparisons

COLOURS = "YlGnBu"  # light is good, and it prints in grey
DARK = 0.6  # of the scale: from here on numbers are white
LEAST_SPAN = 0.3  # of the lowest NME: smaller differences take a smaller part of the scale


def grid(study: Study) -> Figure:
    """NME by model, and by augmentation and train size; the mean where several seeds share a field."""
    parts = [
        (part, kind, [cell for cell in part.cells if _kind(cell) == kind])
        for part in comparisons(study)
        for kind in dict.fromkeys(map(_kind, part.cells))
    ]
    models = list(dict.fromkeys(cell.model for cell in study.cells))
    columns = list(dict.fromkeys((cell.augmentation, cell.size) for cell in study.cells))
    per_row = 1 if len(columns) > 6 else 2
    longest = max(len(_column(study, *column)) for column in columns)
    height = 0.42 * len(models) + canvas.LETTER * longest + 0.7
    figure, axes = canvas.panels(len(parts), per_row, height, 0.1)
    for axis, (part, (train_on, adapted), cells) in zip(axes, parts, strict=True):
        _panel(axis, study, part, cells, models, columns)
        title = part.title if len(study.train_sets) == 1 else f"{train_on} → {part.title}"
        axis.set_title(f"{title}, adapted" if adapted else title)
    return figure


def _kind(cell: Cell) -> tuple[str, bool]:
    """What shares a panel: its train set, and whether it is adapted."""
    return cell.train_on, isinstance(cell, Adapted)


def _panel(
    axis: Axes,
    study: Study,
    part: Comparison,
    cells: Sequence[Cell],
    models: Sequence[str],
    columns: Sequence[tuple[str, object]],
) -> None:
    values = np.full((len(models), len(columns)), np.nan)
    for row, model in enumerate(models):
        for place, column in enumerate(columns):
            nme = [
                study.scores(part.dataset, cell).nme
                for cell in cells
                if cell.model == model and (cell.augmentation, cell.size) == column
            ]
            if nme:
                values[row, place] = statistics.mean(nme)
    # One scale for all panels of a comparison.
    every = [study.scores(part.dataset, cell).nme for cell in part.cells]
    low, span = min(every), max(1.2 * (max(every) - min(every)), LEAST_SPAN * min(every))
    axis.imshow(values, cmap=COLOURS, vmin=low, vmax=low + span, aspect="auto")
    for row, place in np.ndindex(*values.shape):
        value = values[row, place]
        text = "–" if np.isnan(value) else f"{value:.2f}"
        colour = "white" if value - low > DARK * span else canvas.INK
        axis.text(place, row, text, ha="center", va="center", color=colour, fontsize=8.5)
    axis.set_xticks(range(len(columns)), [_column(study, *each) for each in columns])
    if len(columns) > 3:
        axis.tick_params(axis="x", rotation=30)
        for label in axis.get_xticklabels():
            label.set_horizontalalignment("right")
    axis.set_yticks(range(len(models)), models)
    axis.tick_params(length=0)
    axis.grid(visible=False)
    for spine in axis.spines.values():
        spine.set_visible(False)


def _column(study: Study, augmentation: str, size: object) -> str:
    """Its name; with the train size where these differ."""
    sizes = {cell.size for cell in study.cells}
    return augmentation if len(sizes) == 1 else f"{augmentation}, {size}"
