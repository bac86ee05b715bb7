"""The figures of a study as SVG files."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from facepoints.report import canvas
from facepoints.report.curves import ced, learning_curves
from facepoints.report.intervals import nme
from facepoints.report.study import Study

FIGURES: dict[str, Callable[[Study], Figure]] = {
    "nme": nme,
    "ced": ced,
    "learning_curves": learning_curves,
}


def write(study: Study, folder: Path) -> None:
    """Write nme.svg, ced.svg and learning_curves.svg into `folder`."""
    for name, draw in FIGURES.items():
        with canvas.style():
            canvas.save(draw(study), folder / f"{name}.svg")
