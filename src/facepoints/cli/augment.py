"""`facepoints augment …`"""

from pathlib import Path
from typing import Annotated

import typer

from facepoints import FacepointsError
from facepoints.cli.failure import told

app = typer.Typer(
    help="Augmentations: what nets see of a face while they learn.", no_args_is_help=True
)

CACHE = Path("data/cache")
FOLDER = Path(".scratch/augment")
EVERYTHING = "strong"  # the named set that holds all transforms
FACES = 24


@app.callback()
def about() -> None:
    """Augmentations: what nets see of a face while they learn."""


@app.command()
@told
def show(
    name: Annotated[
        str, typer.Argument(help="A name under augmentation in params.yaml.")
    ] = EVERYTHING,
    dataset: Annotated[
        str | None,
        typer.Option(help="Whose faces.", show_default="the first of train_on in params.yaml"),
    ] = None,
    side: Annotated[
        int | None,
        typer.Option(
            min=16,
            max=1024,
            help="Of the net's input, pixels.",
            show_default="input of the first of models in params.yaml",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The picture to write.", show_default=".scratch/augment/NAME.png"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the random draws.")] = 0,
) -> None:
    """Draw faces with their points under each transform of a named set, and under the whole set.

    One row per transform, done to every face; the last row is drawn as nets are trained. The first column shows the
    face as it is. Without NAME: all transforms that there are, as the set strong has them.
    """
    # Heavy packages: only this command needs them.
    import cv2
    import torch

    from facepoints import parameters
    from facepoints.augment.settings import AugmentationSettings
    from facepoints.augment.sheet import sheet
    from facepoints.files import replace
    from facepoints.store.crops import read_spread
    from facepoints.store.faces import decode

    params = parameters.read()
    settings = parameters.value(params, f"augmentation.{name}", AugmentationSettings)
    if dataset is None:
        dataset = parameters.value(params, "train_on", list[str])[0]
    known = parameters.value(params, "dataset", dict[str, object])
    if dataset not in known:
        raise FacepointsError(
            f"--dataset {dataset}: expected a name under dataset in params.yaml. Known: {', '.join(known)}."
        )
    if side is None:
        model = parameters.value(params, "models", list[str])[0]
        side = parameters.value(params, f"model.{model}.input", int)
    path = out or FOLDER / f"{name}.png"
    if path.suffix.lower() != ".png":
        raise FacepointsError(f"--out {path}: expected a name that ends in .png.")
    folder = CACHE / dataset
    if not any(folder.glob("part-*.parquet")):
        raise FacepointsError(
            f"{folder}: the crops of {dataset} are not here. Cut them by `dvc repro cache@{dataset}` (with {dataset} "
            f"in datasets of params.yaml), or bring them by `dvc pull cache@{dataset}` from your remote."
        )
    store = read_spread(folder, FACES)
    generator = torch.Generator().manual_seed(seed)
    image = sheet(decode(store, side), store.scheme, settings, side, generator)
    replace(path, cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes())
    typer.echo(f"{path.resolve()}: {name} on {dataset}, a face per row, first as it is")
