"""`facepoints check DATASET`"""

from pathlib import Path
from typing import Annotated, Any

import typer

from facepoints import FacepointsError
from facepoints.cli.failure import told

NAMED = 5  # of the worst, on the terminal


@told
def check(
    dataset: Annotated[str, typer.Argument(help="A name under dataset in params.yaml.")],
    out: Annotated[
        Path | None,
        typer.Option(help="The page to write.", show_default=".scratch/check/DATASET.html"),
    ] = None,
) -> None:
    """Look through a whole data set for faults; writes a page with pictures of the worst.

    Unreadable images, label errors, points outside, swapped left and right, duplicates between groups and splits,
    outliers. Exits with 1 where the pipeline would refuse the set, with 0 otherwise, whatever was found.
    """
    # Heavy packages: only this command needs them.
    from facepoints import parameters
    from facepoints.crops.settings import CacheSettings
    from facepoints.datasets.library import open_set
    from facepoints.inspection import page
    from facepoints.inspection.inspection import inspect
    from facepoints.schemes.library import load
    from facepoints.splits import table

    params = parameters.read()
    format = parameters.value(params, f"dataset.{dataset}.format", str)
    raw = Path("data/raw") / dataset
    if not raw.is_dir():
        raise FacepointsError(
            f"{raw}: the raw files of {dataset} are not here. Bring them by `dvc repro download@{dataset}` (with "
            f"{dataset} in datasets of params.yaml), or by `dvc pull download@{dataset}` from your remote."
        )
    scheme = load(parameters.value(params, f"dataset.{dataset}.scheme", str), raw)
    options = parameters.value(params, f"dataset.{dataset}.options", dict[str, Any])
    face_set = open_set(format, raw, scheme, options)
    rows = Path("data/splits") / f"{dataset}.csv"
    splits = {row.face: row.split for row in table.read(rows)} if rows.is_file() else {}
    settings = parameters.value(params, "cache", CacheSettings)
    found = inspect(face_set, scheme, dataset, splits, settings)
    path = out or Path(".scratch/check") / f"{dataset}.html"
    page.write(found, face_set, path)
    typer.echo(page.summary(found, NAMED))
    typer.echo(f"\nPage with pictures: {path.resolve()}")
    if found.refusals:
        raise FacepointsError(
            f"the cache stage would stop at {dataset}: {'; '.join(found.refusals)}. Correct or remove these faces."
        )
