"""`facepoints predict`"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from facepoints import FacepointsError
from facepoints.cli.failure import told
from facepoints.cli.model import Model, Yunet, loaded


class Numbers(StrEnum):
    """How the numbers are written."""

    csv = "csv"
    json = "json"
    pts = "pts"


@told
def predict(
    model: Model,
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGE… | FOLDER", help="Images, or folders of them.")
    ],
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    format: Annotated[
        Numbers,
        typer.Option(
            help="Of the numbers: landmarks.csv or landmarks.json for all, or a .pts file per face."
        ),
    ] = Numbers.csv,
    boxes: Annotated[
        Path | None,
        typer.Option(
            help="CSV of image, x0, y0, x1, y1: the faces, drawn by the model's own rule; no detector then."
        ),
    ] = None,
    detector: Yunet = None,
) -> None:
    """Find the landmarks of the faces of images: pictures with points, and the numbers.

    Images are turned upright as their EXIF data says, and so are the pictures and numbers. Images that cannot be read
    are named and the others go on; the exit code is 1 then.
    """
    # Heavy packages: only this command needs them.
    from facepoints.live import pictures, rows

    chosen = pictures.chosen(images, out)
    numbers = out / f"landmarks.{format}"  # none for .pts
    if boxes is not None and boxes.resolve() == numbers.resolve():
        raise FacepointsError(
            f"--boxes {boxes}: would be written over. Choose another folder for --out."
        )
    given = pictures.read_boxes(boxes, chosen) if boxes else None
    predictor = loaded(model, detector)
    found: list[rows.Row] = []
    failed = 0
    for picture in chosen:
        try:
            faces = pictures.annotate(
                picture, predictor, None if given is None else given[picture.image]
            )
        except FacepointsError as error:
            failed += 1
            typer.echo(f"error: {error}", err=True)
            continue
        found += pictures.rows(picture, faces)
        if format is Numbers.pts:
            for index, landmarks in enumerate(faces.landmarks, start=1):
                rows.write_pts(picture.out.with_name(f"{picture.out.stem}_{index}.pts"), landmarks)
        count = (
            f"{len(faces)} {'face' if len(faces) == 1 else 'faces'}" if len(faces) else "no face"
        )
        typer.echo(f"{picture.image}: {count} → {picture.out}")
    if format is not Numbers.pts:
        rows.write(numbers, found, pictures.COLUMNS, predictor.scheme)
        typer.echo(f"{numbers}: {len(found)} rows")
    if failed:
        raise FacepointsError(f"{failed} of {len(chosen)} images could not be read; see above.")
