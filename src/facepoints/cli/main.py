"""`facepoints …`"""

import sys
from pathlib import Path

import typer

from facepoints import FacepointsError
from facepoints.cli import dvc

app = typer.Typer(
    help="Train, compare and use face-landmark models.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

SUMMARY = Path("metrics/summary.csv")
REPORT = Path("report/index.html")


@app.callback()
def about() -> None:
    """Train, compare and use face-landmark models."""


@app.command()
def summary() -> None:
    """Print the table of the last run and where its report lies."""
    from facepoints.report.summary import table  # pandas: only this command needs it

    try:
        typer.echo(table(SUMMARY))
    except FacepointsError as error:
        sys.exit(f"error: {error}")
    if other := dvc.other_bits():
        typer.echo(
            f"\nThis machine computes other bits than the committed dvc.lock: {', '.join(other)}."
        )
    if REPORT.is_file():
        typer.echo(f"\nReport: {REPORT.resolve()}")
    else:
        typer.echo(
            "\nThis is the committed table; `dvc repro` computes it here and writes the report."
        )
