"""The figure of NMEs with their intervals."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from facepoints.report import canvas
from facepoints.report.labels import looks
from facepoints.report.records import Scores
from facepoints.report.study import Comparison, Study, baselines, comparisons

NME_PANEL = 2.4  # inches that a panel needs
FAR_BASELINE = 2.5  # a mean shape this many times worse than the worst model is named, not drawn


def nme(study: Study) -> Figure:
    """NME with its 95 % interval, a row per cell; dashed rules are the mean shapes' NMEs."""
    styles = looks(study.rows)
    parts = comparisons(study)
    room = canvas.WIDTH - canvas.LETTER * max(len(look.label) for look in styles.values())
    columns = max(1, min(3, int(room / NME_PANEL)))
    figure, axes = canvas.panels(len(parts), columns, 0.27 * len(study.rows) + 1.15, 0.25)
    for place, (axis, part) in enumerate(zip(axes, parts, strict=True)):
        # Every panel has a row for every cell, so that the names need to stand at the left only.
        for row, cell in enumerate(study.rows):
            if cell in part.cells:
                _whisker(axis, row, study.scores(part.dataset, cell), styles[cell].colour)
            if row and cell.model != study.rows[row - 1].model:
                axis.axhline(row - 0.5, color=canvas.STYLE["grid.color"], linewidth=0.8)
        names = [styles[cell].label for cell in study.rows] if place % columns == 0 else []
        axis.set_yticks(range(len(study.rows)) if names else [], names)
        axis.set_ylim(len(study.rows) - 0.4, -0.6)
        axis.grid(visible=False, axis="y")
        axis.tick_params(axis="y", length=0)
        axis.set_title(part.title)
        _fit(axis, study, part)
    canvas.legend(figure, [], canvas.rules(axes))
    return figure


def _whisker(axis: Axes, row: int, scores: Scores, colour: str) -> None:
    """One cell's NME: a dot, its interval as a bar, the number beside it."""
    low, high = scores.ends
    axis.plot([low, high], [row, row], color=colour, linewidth=2.2, alpha=0.65)
    axis.plot([scores.nme], [row], "o", color=colour, markersize=5.5)
    axis.annotate(
        f"{scores.nme:.2f}",
        (high, row),
        (6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},  # above a mean shape's rule
    )


def _fit(axis: Axes, study: Study, part: Comparison) -> None:
    """An axis from zero to the largest number; mean shapes are rules, or words where far out."""
    scores = [study.scores(part.dataset, cell) for cell in part.cells]
    largest = max(score.ends[1] for score in scores)
    known = baselines(study, part)
    near = {name: value for name, value in known if value <= largest * FAR_BASELINE}
    for name, value in near.items():
        axis.axvline(value, **canvas.rule(study.train_sets, name), zorder=1)
    axis.set_xlim(0, max([largest * 1.14, *(value * 1.04 for value in near.values())]))
    label = f"NME (% of {study.scores(part.dataset, part.cells[0]).unit})"
    far = [f"{value:.1f} ({name})" for name, value in known if name not in near]
    if far:
        label += f"\nbeyond the axis: mean shape {', '.join(far)}"
    axis.set_xlabel(label)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=6))
