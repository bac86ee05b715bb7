"""`facepoints scheme …`"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.cli.failure import told
from facepoints.files import replace
from facepoints.schemes.library import is_file, load
from facepoints.schemes.scheme import Scheme

app = typer.Typer(
    help="Landmark schemes: what the points of a data set mean.", no_args_is_help=True
)

CACHE = Path("data/cache")
FACES = 1000  # of a data set, whose mean is drawn


@app.callback()
def about() -> None:
    """Landmark schemes: what the points of a data set mean."""


@app.command()
@told
def draw(
    scheme: Annotated[str, typer.Argument(help="A scheme's name, or its .yaml file.")],
    out: Annotated[Path | None, typer.Option(help="The picture; NAME.png if not given.")] = None,
    dataset: Annotated[
        str | None, typer.Option("--from", help="Draw the mean face of this data set's crops.")
    ] = None,
) -> None:
    """Draw a scheme with its indices as a PNG picture, and say what it lacks."""
    from facepoints.cli.drawing import draw as picture  # matplotlib: only this needs it

    loaded = load(scheme)
    path = out or Path(f"{loaded.name}.png")
    if path.suffix.lower() != ".png":
        raise FacepointsError(f"--out {path}: expected a name that ends in .png.")
    replace(path, picture(loaded, _shape(loaded, dataset, scheme)))
    typer.echo(f"{path}: {loaded.name}, {loaded.points} points")
    for sentence in loaded.missing():
        typer.echo(sentence)


def _shape(scheme: Scheme, dataset: str | None, given: str) -> NDArray[np.float64]:
    """Where the points lie (K, 2): the data set's mean face, or the scheme's own."""
    if dataset is not None:
        from facepoints.store.crops import read_spread  # pyarrow and torch: only this needs them
        from facepoints.store.faces import mean_shape

        store = read_spread(CACHE / dataset, FACES)
        if store.scheme.points != scheme.points:
            raise FacepointsError(
                f"{CACHE / dataset}: its faces have {store.scheme.points} points (scheme "
                f"{store.scheme.name}), but scheme {scheme.name} has {scheme.points}. Give a data set "
                "of that scheme."
            )
        return mean_shape(store).astype(np.float64)
    if not scheme.shape:
        raise FacepointsError(
            f"scheme {scheme.name} does not say where its points lie. Add shape (a list of "
            f"{scheme.points} pairs [x, y], y down) to {given if is_file(given) else 'its file'}, or "
            "give --from DATASET, a data set of this scheme that dvc repro has cut crops of."
        )
    return np.array(scheme.shape)
