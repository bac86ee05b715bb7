"""`facepoints video`"""

from pathlib import Path
from typing import Annotated

import typer

from facepoints.cli.failure import told
from facepoints.cli.model import Model, Yunet, loaded


@told
def video(
    model: Model,
    source: Annotated[Path, typer.Argument(metavar="IN", help="The video.")],
    out: Annotated[Path, typer.Option(help="The MP4 file to write.")],
    points: Annotated[
        Path | None, typer.Option(help="Write the landmarks of every frame too, as .csv or .json.")
    ] = None,
    smoothing: Annotated[bool, typer.Option(help="Steady the points from frame to frame.")] = True,
    boxes: Annotated[
        bool, typer.Option("--boxes", help="Draw boxes, numbers and scores too.")
    ] = False,
    detector: Yunet = None,
) -> None:
    """Draw the landmarks of the faces of a video.

    Faces are followed from frame to frame; new ones are looked for once a second. The sound is left out.
    """
    # Heavy packages: only this command needs them.
    from facepoints.live import rows
    from facepoints.live.smoothing import Smoothing
    from facepoints.live.tracking import Tracker
    from facepoints.live.video import COLUMNS, follow

    if points is not None:
        rows.file_format(points)
    predictor = loaded(model, detector)
    found = follow(source, out, Tracker(predictor, Smoothing() if smoothing else None), boxes)
    if points is not None:
        rows.write(points, found.rows, COLUMNS, predictor.scheme)
    numbers = {row.about["face"] for row in found.rows}
    frames = {row.about["frame"] for row in found.rows}
    typer.echo(
        f"{out}: {found.read} frames, {len(numbers)} {'face' if len(numbers) == 1 else 'faces'}, "
        f"in {len(frames)} frames; without sound"
    )
    if points is not None:
        typer.echo(f"{points}: {len(found.rows)} rows")
    if found.read < found.expected:
        typer.echo(
            f"warning: {source}: {found.read} frames could be read, {found.expected} were expected by its header. The "
            "file ends early or is damaged; what could be read is written.",
            err=True,
        )
