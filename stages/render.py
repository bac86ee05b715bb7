"""render: the summary, the figures and the report of the selected cells."""

from pathlib import Path

from facepoints import parameters
from facepoints.report import figures, page, selection, series, study, summary
from facepoints.report.settings import ReportSettings
from facepoints.sources.source import redistributable
from stages import run


def main() -> None:
    """Write metrics/, plots/ and report/ from results/, which is first cleared of other cells' files."""
    params = parameters.read()
    settings = parameters.value(params, "report", ReportSettings)
    datasets = parameters.value(params, "datasets", list[str])
    cells = selection.cells(params)
    adapt_to = parameters.value(params, "adapt_to", list[str])
    selection.prune(Path("results"), datasets, cells, adapt_to)
    found = study.read(Path("results"), datasets, cells, adapt_to)
    closed = [name for name in datasets if not redistributable(Path("sources") / name)]
    summary.write(found, Path("metrics"))
    series.write(found, Path("plots"))
    page.write(
        found,
        Path("report/index.html"),
        figures.write(found, Path("plots")),
        hidden=[] if settings.faces else closed,
        publishable=not (settings.faces and closed),
    )


if __name__ == "__main__":
    run(main)
