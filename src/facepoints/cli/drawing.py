"""A landmark scheme as a picture: every point with its index, groups as lines."""

import io

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from facepoints.schemes.scheme import Scheme

DPI = 100
SIDE = 1500  # of the face's box, the longer side, pixels
RIM = 80  # around it
FONT = 12  # points, of indices
LETTER = np.array([0.64, 0.86]) * FONT * DPI / 72  # width and height of a digit, pixels
PLACES = 16  # directions that are tried for an index
REACH = (0, 9, 20)  # gaps between a point and its index that are tried, pixels
LINE_HEIGHT = 34  # of title and sentences below it, pixels
SAMPLE = 6  # distance of a line's samples, pixels
DARKER = 0.8  # of the palette, so that indices stand out from white
INK, FAINT = "#1f2328", "#6a7078"

Floats = NDArray[np.float64]


def draw(scheme: Scheme, shape: Floats) -> bytes:
    """The scheme as PNG.

    Args:
        shape: (K, 2) where its points lie, y down, any unit.
    """
    points, width, height = _fitted(shape)
    told = [
        *scheme.missing(),
        *([f"Convention: {scheme.convention}."] if scheme.convention else []),
    ]
    head = LINE_HEIGHT * (2 + len(told))
    figure = Figure(figsize=(width / DPI, (height + head) / DPI), dpi=DPI, facecolor="white")
    with matplotlib.rc_context({"font.family": "DejaVu Sans"}):
        axes = figure.add_axes((0, 0, 1, height / (height + head)))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")
        colours = _lines(axes, scheme, points)
        _indices(axes, points, _obstacles(scheme, points), colours)
        figure.text(
            RIM / width / 2,
            1 - LINE_HEIGHT / (height + head),
            f"{scheme.name}: {scheme.points} points",
            size=20,
            weight="bold",
            color=INK,
            va="center",
        )
        for row, sentence in enumerate(told, start=2):
            y = 1 - LINE_HEIGHT * row / (height + head)
            figure.text(RIM / width / 2, y, sentence, size=14, color=FAINT, va="center")
        content = io.BytesIO()
        figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def _fitted(shape: Floats) -> tuple[Floats, float, float]:
    """The points in pixels of the picture, and its width and height."""
    low, extent = shape.min(axis=0), np.ptp(shape, axis=0)
    scaled = (shape - low) * (SIDE / max(extent.max(), 1e-9))
    width, height = scaled.max(axis=0) + 2 * RIM
    width = max(width, SIDE / 2)  # room for the sentences
    centred = scaled + [(width - scaled[:, 0].max()) / 2, RIM]
    return centred, float(width), float(height)


def _lines(axes: Axes, scheme: Scheme, points: Floats) -> list[str]:
    """Draw lines and dots; the colour of each point."""
    colours = [INK] * scheme.points
    palette = DARKER * matplotlib.colormaps["tab10"](range(10))[:, :3]
    for place, run in enumerate(scheme.runs()):
        colour = matplotlib.colors.to_hex(palette[place % len(palette)])
        axes.plot(points[run, 0], points[run, 1], color=colour, linewidth=1.5, alpha=0.6)
        for index in run:
            colours[index] = colour
    axes.scatter(points[:, 0], points[:, 1], s=28, c=colours, zorder=3)
    return colours


def _obstacles(scheme: Scheme, points: Floats) -> Floats:
    """Places that an index should not cover: points, and samples of the lines."""
    samples = [points]
    for run in scheme.runs():
        for start, end in zip(points[run[:-1]], points[run[1:]], strict=True):
            count = max(2, int(np.linalg.norm(end - start) / SAMPLE))
            samples.append(start + np.linspace(0, 1, count)[:, None] * (end - start))
    return np.concatenate(samples)


def _indices(axes: Axes, points: Floats, obstacles: Floats, colours: list[str]) -> None:
    """Write each index beside its point, where it covers least."""
    angles = np.arange(PLACES) * 2 * np.pi / PLACES
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    taken = np.empty((0, 4))  # centre x, y and half width, height of the indices so far
    for index, point in enumerate(points):
        half = LETTER * [len(str(index)), 1] / 2
        # The box of an index touches a circle of the dot's radius around its point.
        offsets = np.concatenate([directions * (half + 7 + gap) for gap in REACH])
        costs = []
        for at, centre in enumerate(point + offsets):
            covered = (np.abs(obstacles - centre) < half + 2).all(axis=1).sum()
            hits = (np.abs(taken[:, :2] - centre) < taken[:, 2:] + half + 1).all(axis=1).sum()
            costs.append(100 * hits + 10 * covered + at // PLACES)
        centre = point + offsets[int(np.argmin(costs))]
        taken = np.vstack([taken, [*centre, *half]])
        axes.text(
            centre[0],
            centre[1],
            str(index),
            size=FONT,
            color=colours[index],
            ha="center",
            va="center_baseline",
        )
