"""`facepoints recipe …`"""

import shlex
import textwrap
from typing import Annotated

import typer

from facepoints import FacepointsError
from facepoints.cli import dvc
from facepoints.cli.failure import told

app = typer.Typer(
    help="Recipes: published results and reference systems, each run by one command.",
    no_args_is_help=True,
)

WIDTH = 88  # of texts
Name = Annotated[str, typer.Argument(help="One of facepoints recipe list.")]


@app.callback()
def about() -> None:
    """Recipes: published results and reference systems, each run by one command."""


@app.command("list")
@told
def list_() -> None:
    """List the recipes: name and title."""
    from facepoints import recipe  # pydantic: only these commands need it

    known = recipe.names()
    width = max(map(len, known), default=0)
    for name in known:
        typer.echo(f"{name:<{width}}  {recipe.read(name).title}")


@app.command()
@told
def show(name: Name) -> None:
    """Say what a recipe reproduces, and what it sets in params.yaml."""
    from facepoints import recipe

    found = recipe.read(name)
    typer.echo(f"{found.title}\n")
    for paragraph in found.about.strip().split("\n"):
        typer.echo(textwrap.fill(paragraph, WIDTH, break_on_hyphens=False))
    typer.echo("")
    for word in recipe.changes(found.overrides):
        typer.echo(f"  {word}")


@app.command()
@told
def run(
    name: Name,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "-S", "--set-param", metavar="KEY=VALUE", help="A change of your own; it wins."
        ),
    ] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Print the command only.")] = False,
) -> None:
    """Print the `dvc exp run` that makes a recipe, then run it and end as it ends.

    params.yaml with all changes is checked before.
    """
    # Heavy packages (torch, for the names of backbones): only this command needs them.
    from facepoints import experiment, parameters, recipe

    found, own = recipe.read(name), change or []
    path = str(recipe.file(name))
    params = recipe.changed(parameters.read(), found.overrides, f"{path}: overrides")
    params = recipe.changed(params, dict(map(recipe.change, own)), "-S")
    try:
        experiment.check(params)
    except FacepointsError as error:
        origin = " ".join([path, *(f"-S {shlex.quote(word)}" for word in own)])
        raise FacepointsError(
            f"params.yaml cannot be what {origin} would make of it:\n{error}"
        ) from error
    command = dvc.experiment(recipe.together(found.overrides, own))
    typer.echo(shlex.join(command))
    if not dry:
        dvc.become(command)
