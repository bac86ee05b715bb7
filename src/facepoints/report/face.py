"""The figure of each landmark's error, drawn on the mean face."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from facepoints.cell import Cell
from facepoints.report import canvas
from facepoints.report.labels import looks
from facepoints.report.study import Study, best, comparisons

COLOURS = "YlOrRd"
NAMED = 3  # landmarks with the largest errors, by their indices in the scheme


def landmarks(study: Study) -> Figure:
    """A circle around each landmark of the mean face, its radius the mean error there, true to scale.

    A panel per comparison, for its best model (the first one where none is better than the mean shape).
    """
    styles = looks(study.rows)
    parts = comparisons(study)
    figure, axes = canvas.panels(len(parts), 3, 3.7, 0.1)
    for axis, part in zip(axes, parts, strict=True):
        cell = best(study, part) or part.cells[0]
        _face(axis, study, part.dataset, cell)
        axis.set_title(f"{part.title}: {styles[cell].label}")
    return figure


def _face(axis: Axes, study: Study, dataset: str, cell: Cell) -> None:
    scores = study.scores(dataset, cell)
    points = np.array(scores.shape.points)
    for line in scores.shape.lines:
        axis.plot(*points[line].T, color=canvas.STYLE["axes.edgecolor"], linewidth=0.8, zorder=1)
    errors = np.array([scores.landmark.get(str(index), 0.0) for index in scores.shape.indices])
    circles = [
        Circle((x, y), error / 100 * scores.shape.normaliser)
        for (x, y), error in zip(points, errors, strict=True)
    ]
    drawn = PatchCollection(
        circles, cmap=COLOURS, alpha=0.75, edgecolor=canvas.FAINT, linewidth=0.4
    )
    drawn.set_array(errors)
    drawn.set_clim(0, float(errors.max()))
    axis.add_collection(drawn)
    for place in np.argsort(-errors)[:NAMED]:
        text = f"{scores.shape.indices[place]}: {errors[place]:.1f} %"
        axis.annotate(text, points[place], (5, 5), textcoords="offset points", fontsize=7.5)
    span = np.ptp(points, axis=0).max() * 0.12
    axis.set_xlim(points[:, 0].min() - span, points[:, 0].max() + span)
    axis.set_ylim(points[:, 1].max() + span, points[:, 1].min() - span)
    axis.set_aspect("equal")
    axis.grid(visible=False)
    axis.set_axis_off()
