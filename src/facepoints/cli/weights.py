"""`facepoints weights …`"""

from pathlib import Path
from typing import Annotated

import typer

from facepoints import FacepointsError
from facepoints.cell import Cell
from facepoints.cli import dvc
from facepoints.cli.failure import told
from facepoints.cli.model import MODELS

FILE = "model.safetensors"

app = typer.Typer(help="Weights kept for other models to start from.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Weights kept for other models to start from."""


@app.command()
@told
def keep(
    cell: Annotated[str, typer.Argument(help="A trained cell, by its name.")],
    name: Annotated[str, typer.Argument(help="What model.….weights in params.yaml calls it.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace weights kept under that name.")
    ] = False,
) -> None:
    """Keep a trained cell's weights, backbone and head, as weights/NAME.safetensors, by `dvc add`."""
    from facepoints.models import kept  # torch: only this command needs it
    from facepoints.models.settings import KEPT_NAME, NOT_KEPT
    from facepoints.sources.source import licence

    known = kept.index()
    if not KEPT_NAME.fullmatch(name) or name in NOT_KEPT:
        raise FacepointsError(
            f"{name!r} cannot be a name of kept weights: expected small letters, digits and underscores, a letter "
            f"first, and not {' or '.join(NOT_KEPT)}."
        )
    if name in known and not force:
        raise FacepointsError(
            f"{name}: weights of {known[name].cell} are kept under this name. Choose another, or replace them by "
            "--force: models that start from them are then trained again."
        )
    trained = MODELS / cell / FILE
    if not trained.is_file():
        there = sorted(path.parent.name for path in MODELS.glob(f"*/{FILE}"))
        raise FacepointsError(
            f"{trained}: no such file. Expected a trained cell in {MODELS}/ (here: {', '.join(there) or 'none'}). "
            "`dvc repro train` trains those that params.yaml selects; `dvc pull train` fetches them from your remote."
        )
    data_set = Cell.parse(cell).train_on
    entry = kept.write(name, trained, cell, data_set, licence(Path("sources") / data_set))
    dvc.add(kept.file(name))
    kept.enter(name, entry)
    typer.echo(
        f"{kept.file(name)}: {entry.backbone} with its head, from {cell}; learned from {data_set}: {entry.licence}.\n"
        f"A model with backbone: {entry.backbone} and weights: {name} in params.yaml starts from it. "
        f"`git add {kept.FOLDER}` and a commit remember it; `dvc push` shares it."
    )
