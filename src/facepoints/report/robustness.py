"""The figure of errors under worse boxes and worse pictures."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facepoints.adapted import Adapted
from facepoints.report import canvas
from facepoints.report.labels import Look, looks
from facepoints.report.records import Level, Measurement
from facepoints.report.study import Comparison, Study, comparisons

AXES = {
    "rotation": "box turned by, degrees",
    "scale": "box larger or smaller by, %",
    "shift": "box shifted by, % of its side",
    "blur": "blur, sigma in % of the view",
    "noise": "noise, % of the range",
    "jpeg": "JPEG quality",
    "darkness": "light taken away, %",
    "occlusion": "covered, % of the view",
}


def kinds(scores: Measurement) -> dict[str, list[Level]]:
    """The levels of each kind of change, from the faces as they are to the strongest."""
    clean = [level for level in scores.robustness if level.clean]
    found: dict[str, list[Level]] = {}
    for level in scores.robustness:
        if not level.clean:
            found.setdefault(level.kind, []).append(level)
    # A low quality of JPEG is a strong change.
    return {
        kind: clean + sorted(rows, key=lambda row: row.strength, reverse=kind == "jpeg")
        for kind, rows in found.items()
    }


def measured(study: Study) -> list[tuple[Comparison, str]]:
    """Each comparison with each kind of change that was measured there."""
    return [
        (part, kind)
        for part in comparisons(study)
        for kind in kinds(study.scores(part.dataset, part.cells[0]))
    ]


def robustness(study: Study) -> Figure:
    """NME against the strength of each change, a line per cell; at the left the faces as they are."""
    styles = looks(study.rows)
    trained_looks = [styles[cell] for cell in study.cells]
    panels = measured(study)
    labels = [look.label for look in trained_looks]
    figure, axes = canvas.panels(len(panels), 4, 2.6, canvas.legend_height(labels))
    for axis, (part, kind) in zip(axes, panels, strict=True):
        for cell in part.cells:
            if isinstance(cell, Adapted):  # no net is run for it
                continue
            rows = kinds(study.scores(part.dataset, cell))[kind]
            _line(axis, rows, styles[cell])
        names = ["as is" if row.clean else f"{row.strength:g}" for row in rows]
        axis.set_xticks(range(len(names)), names)
        axis.set_ylim(bottom=0)
        unit = study.scores(part.dataset, part.cells[0]).unit
        axis.set(xlabel=AXES[kind], ylabel=f"NME (% of {unit})")
        axis.set_title(kind if len(comparisons(study)) == 1 else f"{part.title}: {kind}")
    canvas.legend(figure, trained_looks)
    return figure


def _line(axis: Axes, rows: list[Level], look: Look) -> None:
    places = range(len(rows))
    low, high = zip(*(row.ends for row in rows), strict=True)
    axis.fill_between(places, low, high, color=look.colour, alpha=0.12, linewidth=0)
    axis.plot(
        places,
        [row.nme for row in rows],
        color=look.colour,
        linestyle=canvas.dashes(look),
        linewidth=1.6,
        marker="o",
        markersize=3.5,
    )
