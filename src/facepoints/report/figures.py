"""The figures of a study as SVG files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from facepoints.report import canvas
from facepoints.report.curves import ced, learning_curves
from facepoints.report.face import landmarks
from facepoints.report.grid import grid
from facepoints.report.intervals import nme
from facepoints.report.robustness import measured, robustness
from facepoints.report.study import Study


@dataclass(frozen=True)
class Kind:
    """How a figure is drawn, what it shows, and of which studies there is one."""

    draw: Callable[[Study], Figure]
    caption: str
    applies: Callable[[Study], object] = bool


FIGURES: dict[str, Kind] = {
    "nme": Kind(nme, "NME with its 95 % interval for each model and data set"),
    "grid": Kind(grid, "NME (%) by model, and by augmentation and train size; the mean over seeds"),
    "ced": Kind(ced, "Cumulative error distribution: the share of test faces up to each error"),
    "landmarks": Kind(
        landmarks,
        "Each landmark's error on the mean face of the test set, for the best model: the circle's radius is the mean "
        "error, true to scale; the largest three are numbered, in percent of the normaliser",
    ),
    "robustness": Kind(
        robustness,
        "NME of a sample of the test faces when the box or the picture gets worse, with 95 % intervals; at the left "
        "the same faces as they are",
        measured,
    ),
    "learning_curves": Kind(
        learning_curves,
        "Training loss, validation loss and validation NME over epochs; a dot marks the epoch that was kept",
    ),
}


def write(study: Study, folder: Path) -> list[tuple[Path, str]]:
    """Write NAME.svg into `folder` for every figure that there is of this study; files and captions."""
    written = []
    for name, kind in FIGURES.items():
        if kind.applies(study):
            path = folder / f"{name}.svg"
            with canvas.style():
                canvas.save(kind.draw(study), path)
            written.append((path, kind.caption))
    return written
