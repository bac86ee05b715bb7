"""report/index.html: every table, figure and contact sheet in one file that loads nothing else."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from facepoints.cell import Cell
from facepoints.evaluation.comparison import Difference, difference
from facepoints.files import replace
from facepoints.report.labels import Look, common, faces, looks
from facepoints.report.records import Measurement
from facepoints.report.seeds import Seeds, over_seeds
from facepoints.report.study import Comparison, Study, baselines, best, comparisons
from facepoints.template import environment

RESAMPLES = 2000  # of the bootstrap behind each mark
# Of the page. Pictures of faces take what the figures leave of it; those without room lie in results/evaluate.
MOST_BYTES = 15_000_000
TEXT_BYTES = 1_000_000  # kept free for the tables


@dataclass(frozen=True)
class Row:
    """One cell of a comparison: its scores, and its difference from the best one (None: it is that)."""

    cell: Cell
    scores: Measurement
    against_best: Difference | None


@dataclass(frozen=True)
class Section:
    """One comparison as the page shows it; all tables keep the selection's order."""

    title: str
    dataset: str
    scores: Measurement  # of any cell: what they share (faces, points, normaliser, box)
    rows: tuple[Row, ...]
    baselines: tuple[tuple[str, float], ...]  # train set, the mean shape's NME
    best: Row | None  # the lowest NME, if it is below the mean shape's
    subsets: tuple[str, ...]
    regions: tuple[str, ...]
    optional: tuple[tuple[str, str, str], ...]  # NMEs that some sets have: field, heading, hint
    seeds: tuple[Seeds, ...]

    @property
    def ranked(self) -> bool:
        """Whether there is a best cell among several."""
        return self.best is not None and len(self.rows) > 1


OPTIONAL = (
    ("nme_all", "NME all %", "of all points of the data set's scheme; of adapted cells"),
    ("nme_inner", "NME inner %", "of the 51 points without the jaw"),
    ("nme_seen", "NME seen %", "of the points that are seen"),
    ("nme_hidden", "NME hidden %", "of the points that are annotated though hidden"),
)


def write(
    study: Study,
    path: Path,
    figures: Sequence[tuple[Path, str]],
    hidden: Sequence[str],
    publishable: bool,
) -> None:
    """Write the page to `path`.

    Args:
        figures: the SVG files to show, with their captions.
        hidden: the sets whose faces are not drawn.
        publishable: whether the page, as it is drawn, may be passed on; it says which.
    """
    replace(path, render(study, figures, hidden, publishable))


def render(
    study: Study, figures: Sequence[tuple[Path, str]], hidden: Sequence[str], publishable: bool
) -> str:
    """The page as text: the same study gives the same bytes (no date, host or duration)."""
    templates = environment(Path(__file__).parent)
    templates.filters["number"] = number
    templates.filters["dash"] = dash
    sections = [section(study, part) for part in comparisons(study)]
    drawings = [(_embedded(path.read_bytes(), "image/svg+xml"), text) for path, text in figures]
    pictures = Pictures(MOST_BYTES - TEXT_BYTES - sum(len(source) for source, _ in drawings))
    worst = {
        part.title: pictures.take(study.results[part.dataset, _lead(part).cell].worst)
        for part in sections
        if part.dataset not in hidden
    }
    strips = {cell.augmentation: cell for cell in study.cells if cell.train_on not in hidden}
    augmented = {
        name: (cell, pictures.take(study.trained[cell].strip)) for name, cell in strips.items()
    }
    sheets = {
        (dataset, cell): pictures.take(result.sheet)
        for (dataset, cell), result in study.results.items()
        if dataset not in hidden
    }
    return templates.get_template("page.html").render(
        study=study,
        sections=sections,
        lead=_lead,
        looks=looks(study.rows),
        common=common(study.cells),
        faces=faces,
        figures=drawings,
        worst=worst,
        sheets=sheets,
        augmented=augmented,
        hidden=hidden,
        versions=versions(study),
        publishable=publishable,
    )


class Pictures:
    """Embeds JPEGs until `left` characters are used up."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, jpeg: bytes) -> str | None:
        """The picture as a data address, or None where the page has no room for it."""
        source = _embedded(jpeg, "image/jpeg")
        if len(source) > self.left:
            return None
        self.left -= len(source)
        return source


def section(study: Study, part: Comparison) -> Section:
    """The rows of one comparison, its mean shapes, and the best cell."""
    leader = best(study, part)

    def against(cell: Cell) -> Difference | None:
        if leader is None or cell == leader:
            return None
        first, second = (study.results[part.dataset, each].errors for each in (leader, cell))
        return difference(first, second, RESAMPLES)

    rows = tuple(Row(cell, study.scores(part.dataset, cell), against(cell)) for cell in part.cells)
    first = rows[0].scores
    return Section(
        title=part.title,
        dataset=part.dataset,
        scores=first,
        rows=rows,
        baselines=tuple(baselines(study, part)),
        best=next((row for row in rows if row.cell == leader), None),
        subsets=tuple(dict.fromkeys(name for row in rows for name in row.scores.subset)),
        regions=tuple(first.region),
        optional=tuple(
            each
            for each in OPTIONAL
            if any(getattr(row.scores, each[0]) is not None for row in rows)
        ),
        seeds=tuple(over_seeds(study, part.dataset, part.cells)),
    )


def _lead(part: Section) -> Row:
    """The best row, or the first where none is better than the mean shape."""
    return part.best or part.rows[0]


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


def _embedded(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
