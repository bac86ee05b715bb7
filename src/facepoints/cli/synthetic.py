"""`facepoints synthetic …`"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from facepoints import FacepointsError
from facepoints.cli.failure import told

if TYPE_CHECKING:
    from facepoints.schemes.scheme import Scheme
    from facepoints.store.tiles import Image

app = typer.Typer(help="Faces that are drawn, not photographed.", no_args_is_help=True)

RAW = Path("data/raw")
FOLDER = Path(".scratch/synthetic")
DRAWN = ("synthetic", "facekit")  # formats whose options can be changed and looked at
COLUMNS = 8
EACH = "each"


@app.callback()
def about() -> None:
    """Faces that are drawn, not photographed."""


@app.command()
@told
def show(
    dataset: Annotated[
        str, typer.Argument(help="A name under dataset in params.yaml whose faces are drawn.")
    ] = "synthetic",
    faces: Annotated[
        int, typer.Option(min=1, max=400, help="How many; --vary draws 8 a row.")
    ] = 24,
    first: Annotated[int, typer.Option(min=0, help="Number of the first.")] = 0,
    vary: Annotated[
        str | None,
        typer.Option(
            help="One face per row, with other draws of this factor only; `each` makes a row for every factor "
            "(format facekit)."
        ),
    ] = None,
    points: Annotated[bool, typer.Option(help="Draw the landmarks, too.")] = True,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "-S", help="A change to params.yaml, as in -S dataset.facekit.options.factors.hair=0."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The picture to write.", show_default=".scratch/synthetic/DATASET.png"),
    ] = None,
) -> None:
    """Draw a sheet of faces with their points, as the cache stage would draw them."""
    # Heavy packages: only this command needs them.
    import cv2

    from facepoints import parameters, recipe
    from facepoints.datasets.settings import OPTIONS
    from facepoints.files import replace
    from facepoints.schemes.library import load
    from facepoints.store import tiles

    params = recipe.changed(parameters.read(), dict(map(recipe.change, change or [])), "-S")
    format = parameters.value(params, f"dataset.{dataset}.format", str)
    if format not in DRAWN:
        raise FacepointsError(
            f"dataset.{dataset}.format is {format}: only faces of {' and '.join(DRAWN)} are drawn. `facepoints check "
            f"{dataset}` shows photos."
        )
    path = out or FOLDER / f"{dataset}.png"
    if path.suffix.lower() != ".png":
        raise FacepointsError(f"--out {path}: expected a name that ends in .png.")
    scheme = load(parameters.value(params, f"dataset.{dataset}.scheme", str))
    where = f"dataset.{dataset}.options"
    options = parameters.value(params, where, OPTIONS[format]).model_dump()
    names = () if vary is None else _factors(format, vary)
    folder = _raw(dataset, format)

    def drawn_with(content: dict[str, Any], numbers: range) -> "list[Image]":
        return _tiles(format, folder, scheme, content, numbers, points)

    drawn = [] if names else drawn_with(options, range(first, first + faces))
    for name in names:
        seeds = range(options["seed"], options["seed"] + COLUMNS)
        others = [{**options, "reseed": {**options["reseed"], name: seed}} for seed in seeds]
        row = [drawn_with(content, range(first, first + 1))[0] for content in others]
        tiles.caption(row[0], name)
        drawn += row
    image = tiles.grid(drawn, COLUMNS)
    replace(path, cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes())
    typer.echo(f"{path.resolve()}: {len(drawn)} faces of {dataset}")


def _raw(dataset: str, format: str) -> Path:
    """The folder of the set's files: those of the pipeline, or the user's copies; a drawn set may have none."""
    from facepoints.sources.source import COPIES

    folder = RAW / dataset
    if format == "synthetic" or folder.is_dir():
        return folder
    copies = Path(os.environ.get(COPIES, "")) / format
    if os.environ.get(COPIES) and copies.is_dir():
        return copies
    raise FacepointsError(
        f"{folder}: the files of {dataset} are not here. Bring them by `dvc repro download@{dataset}` (with {dataset} "
        f"in datasets of params.yaml), or name the folder that holds a copy {format}/ in {COPIES}."
    )


def _factors(format: str, vary: str) -> tuple[str, ...]:
    """The factors that get a row each."""
    from facepoints.synthetic.facekit.settings import FACTORS

    names = FACTORS if vary == EACH else (vary,)
    if format != "facekit" or not set(names) <= set(FACTORS):
        raise FacepointsError(
            f"--vary {vary}: expected {EACH} or a factor of a set of format facekit: {', '.join(FACTORS)}."
        )
    return names


def _tiles(
    format: str,
    folder: Path,
    scheme: "Scheme",
    options: dict[str, Any],
    numbers: range,
    points: bool,
) -> "list[Image]":
    from facepoints.datasets.library import open_set
    from facepoints.store.sheet import mark

    face_set = open_set(format, folder, scheme, options)
    listed = face_set.faces()
    if numbers.stop > len(listed):
        raise FacepointsError(
            f"face {numbers.stop - 1} does not exist: the set has {len(listed)}, counted from 0 (options.faces). Lower "
            "--first or --faces."
        )
    drawn = []
    for number in numbers:
        face = listed[number]
        tile = face_set.image(face).copy()
        if points:
            mark(tile, face.landmarks, face.labelled, face.occlusion, scheme)
        drawn.append(tile)
    return drawn
