"""render: the summary, the figures and the report of the selected cells."""

from pathlib import Path

from facepoints import parameters
from facepoints.report import figures, page, selection, series, study, summary
from facepoints.sources.source import redistributable
from stages import run


def main() -> None:
    """Write metrics/, plots/ and report/ from results/, which is first cleared of other cells' files."""
    params = parameters.read()
    datasets = parameters.value(params, "datasets", list[str])
    cells = selection.cells(params)
    selection.prune(Path("results"), datasets, cells)
    found = study.read(Path("results"), datasets, cells)
    summary.write(found, Path("metrics"))
    figures.write(found, Path("plots"))
    series.write(found, Path("plots"))
    page.write(
        found,
        Path("report/index.html"),
        Path("plots"),
        redistribute=all(redistributable(Path("sources") / dataset) for dataset in datasets),
    )


if __name__ == "__main__":
    run(main)
