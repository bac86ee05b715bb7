"""`facepoints …`"""

from pathlib import Path

import typer

from facepoints.cli import augment, dvc, recipe, scheme, synthetic, weights
from facepoints.cli.card import card
from facepoints.cli.check import check
from facepoints.cli.compare import compare
from facepoints.cli.datasets import datasets
from facepoints.cli.failure import told
from facepoints.cli.predict import predict
from facepoints.cli.status import status
from facepoints.cli.train import train
from facepoints.cli.video import video
from facepoints.cli.web import web
from facepoints.cli.webcam import webcam

app = typer.Typer(
    help="Train, compare and use face-landmark models.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.add_typer(scheme.app, name="scheme")
app.add_typer(augment.app, name="augment")
app.add_typer(recipe.app, name="recipe")
app.add_typer(synthetic.app, name="synthetic")
app.add_typer(weights.app, name="weights")

SUMMARY = Path("metrics/summary.csv")
REPORT = Path("report/index.html")


@app.callback()
def about() -> None:
    """Train, compare and use face-landmark models."""


app.command()(datasets)
app.command()(check)
app.command()(status)
app.command()(train)
app.command()(compare)
app.command()(card)
app.command()(predict)
app.command()(video)
app.command()(webcam)
app.command()(web)


@app.command()
@told
def summary() -> None:
    """Print the table of the last run and where its report lies."""
    from facepoints.report.summary import table  # pandas: only this command needs it

    typer.echo(table(SUMMARY))
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
