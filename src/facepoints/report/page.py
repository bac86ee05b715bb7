"""report/index.html: every table, figure and contact sheet in one file that loads nothing else."""

import base64
from dataclasses import dataclass
from pathlib import Path

from facepoints import FacepointsError
from facepoints.cell import Cell
from facepoints.files import replace
from facepoints.report.labels import Look, common, faces, looks
from facepoints.report.records import Measurement
from facepoints.report.study import Comparison, Study, baselines, comparisons
from facepoints.template import environment

FIGURES = (
    ("nme", "NME with its 95 % interval for each model and data set"),
    ("ced", "Cumulative error distribution: the share of test faces up to each error"),
    ("learning_curves", "Training loss, validation loss and validation NME over epochs"),
)


@dataclass(frozen=True)
class Section:
    """One comparison as the page shows it; all tables keep the selection's order."""

    title: str
    scores: Measurement  # of any cell: what they share (faces, points, normaliser, box)
    rows: tuple[tuple[Cell, Measurement], ...]
    baselines: tuple[tuple[str, float], ...]  # train set, the mean shape's NME
    best: tuple[Cell, Measurement] | None  # the lowest NME, if it is below the mean shape's
    subsets: tuple[str, ...]
    inner: bool  # whether any NME of the inner points is known


def write(study: Study, path: Path, figures: Path, redistribute: bool) -> None:
    """Write the page to `path`, with the SVG files that figures.write put into `figures`.

    redistribute: whether the faces of all sets shown may be passed on; the page says which.

    Raises:
        FacepointsError: a figure is missing.
    """
    replace(path, render(study, figures, redistribute))


def render(study: Study, figures: Path, redistribute: bool) -> str:
    """The page as text: the same study gives the same bytes (no date, host or duration).

    Raises:
        FacepointsError: a figure is missing.
    """
    templates = environment(Path(__file__).parent)
    templates.filters["number"] = number
    templates.filters["dash"] = dash
    return templates.get_template("page.html").render(
        study=study,
        sections=[section(study, part) for part in comparisons(study)],
        looks=looks(study.cells),
        common=common(study.cells),
        faces=faces,
        figures=[(_svg(figures / f"{name}.svg"), text) for name, text in FIGURES],
        sheets={
            key: _embedded(result.sheet, "image/jpeg") for key, result in study.results.items()
        },
        strips={
            cell: _embedded(trained.strip, "image/jpeg") for cell, trained in study.trained.items()
        },
        augmented={cell.augmentation: cell for cell in study.cells},
        versions=versions(study),
        redistribute=redistribute,
    )


def section(study: Study, part: Comparison) -> Section:
    """The rows of one comparison, its mean shapes, and the best cell."""
    rows = tuple((cell, study.scores(part.dataset, cell)) for cell in part.cells)
    ranked = [
        (scores.nme, index)
        for index, (_, scores) in enumerate(rows)
        if scores.nme is not None
        and (scores.baseline_nme is None or scores.nme < scores.baseline_nme)
    ]
    subsets = dict.fromkeys(name for _, scores in rows for name in scores.subset)
    return Section(
        title=part.title,
        scores=rows[0][1],
        rows=rows,
        baselines=tuple(baselines(study, part)),
        best=rows[min(ranked)[1]] if ranked else None,
        subsets=tuple(subsets),
        inner=any(scores.nme_inner is not None for _, scores in rows),
    )


def versions(study: Study) -> dict[str, dict[str, list[Cell]]]:
    """Package → version → the cells trained with it."""
    found: dict[str, dict[str, list[Cell]]] = {}
    for cell, trained in study.trained.items():
        for package, version in trained.training.versions.items():
            found.setdefault(package, {}).setdefault(version, []).append(cell)
    return found


def number(value: float | None, decimals: int = 0) -> str:
    """With thousands separators and this many decimals; a dash where undefined."""
    return "–" if value is None else f"{value:,.{decimals}f}"


def dash(look: Look) -> str:
    """The look's dash as SVG wants it, for a line 1.8 units wide."""
    return " ".join(f"{1.8 * length:g}" for length in look.dash) or "none"


def _svg(path: Path) -> str:
    try:
        return _embedded(path.read_bytes(), "image/svg+xml")
    except OSError as error:
        raise FacepointsError(
            f"{path}: cannot be read ({error.strerror}). Run dvc repro."
        ) from error


def _embedded(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
