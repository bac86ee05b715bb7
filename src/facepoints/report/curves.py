"""Two figures of lines: learning curves and cumulative error distributions."""

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from facepoints.report import canvas
from facepoints.report.labels import looks
from facepoints.report.study import Comparison, Study, baselines, comparisons

CURVES = (
    ("train_loss", "Training loss"),
    ("validation_loss", "Validation loss"),
    ("validation_nme", "Validation NME (%)"),
)
LOG_RATIO = 12.0  # beyond this ratio of largest to smallest, a linear axis hides the end
CED_SHARE = 0.985  # the CED's axis ends where every model has this share of the faces …
CED_LIMIT = 10.0  # … but not before the error that counts as failure, percent


def learning_curves(study: Study) -> Figure:
    """Losses and validation NME over epochs, a line per cell, a dot at the epoch that was kept."""
    styles = looks(study.rows)
    trained_looks = [styles[cell] for cell in study.cells]
    labels = [look.label for look in trained_looks]
    figure, axes = canvas.panels(len(CURVES), 3, 3.3, canvas.legend_height(labels))
    width = canvas.line_width(len(study.cells))
    for axis, (column, title) in zip(axes, CURVES, strict=True):
        for cell in study.cells:
            look, trained = styles[cell], study.trained[cell]
            history = trained.history
            axis.plot(
                history["epoch"],
                history[column],
                color=look.colour,
                linestyle=canvas.dashes(look),
                linewidth=width,
                # A single epoch makes no line.
                marker="o" if len(history) == 1 else None,
                markersize=4,
            )
            kept = history[history["epoch"] == trained.training.best_epoch]
            if column == "validation_nme":
                axis.plot(kept["epoch"], kept[column], "o", color=look.colour, markersize=5.5)
        _scale(axis, pd.concat([study.trained[cell].history[column] for cell in study.cells]))
        axis.set(title=title, xlabel="epoch")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    canvas.legend(figure, trained_looks)
    return figure


def ced(study: Study) -> Figure:
    """Share of faces up to each error, a line per cell; dashed rules are the mean shapes' NMEs."""
    styles = looks(study.rows)
    parts = comparisons(study)
    labels = [look.label for look in styles.values()]
    labels += [canvas.rule(study.train_sets, name)["label"] for name in study.train_sets]
    columns = 2 if len(parts) in (2, 4) else 3
    figure, axes = canvas.panels(len(parts), columns, 3.5, canvas.legend_height(labels))
    width = canvas.line_width(len(study.rows))
    for axis, part in zip(axes, parts, strict=True):
        end = _ced_end(study, part)
        for cell in part.cells:
            look, curve = styles[cell], study.results[part.dataset, cell].ced
            axis.plot(
                curve["error"],
                curve["share"] * 100,
                color=look.colour,
                linestyle=canvas.dashes(look),
                linewidth=width,
            )
        for train_on, baseline in baselines(study, part):
            if baseline <= end:
                axis.axvline(baseline, **canvas.rule(study.train_sets, train_on))
        axis.set(title=part.title, xlim=(0, end), ylim=(0, 101.5))
        axis.set(
            xlabel=f"error (% of {study.scores(part.dataset, part.cells[0]).unit})",
            ylabel="faces (%)",
        )
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    canvas.legend(figure, list(styles.values()), canvas.rules(axes))
    return figure


def _ced_end(study: Study, part: Comparison) -> float:
    """Where the CED's axis ends, in percent."""
    curves = [study.results[part.dataset, cell].ced for cell in part.cells]
    reached = [
        float(curve.loc[curve["share"] >= CED_SHARE, "error"].min(skipna=True)) for curve in curves
    ]
    last = max(float(curve["error"].max()) for curve in curves)
    wanted = max(last if math.isnan(error) else error for error in reached)
    return min(last, max(CED_LIMIT, math.ceil(wanted)))


def _scale(axis: Axes, values: Iterable[float]) -> None:
    """A logarithmic axis where all values are positive and spread far, a linear one otherwise."""
    numbers = np.array([value for value in values if math.isfinite(value)])
    if numbers.size and numbers.min() > 0 and numbers.max() / numbers.min() > LOG_RATIO:
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_minor_locator(NullLocator())
        axis.yaxis.set_major_formatter("{x:g}")
