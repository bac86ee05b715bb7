"""`facepoints webcam`"""

import signal
from typing import Annotated

import typer

from facepoints.cli.failure import told
from facepoints.cli.model import Model, Yunet, loaded


@told
def webcam(
    model: Model,
    source: Annotated[
        str,
        typer.Argument(
            metavar="[SOURCE]", help="Number of a camera, a video file, or the address of a stream."
        ),
    ] = "0",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of the page; 0 takes a free one.")
    ] = 0,
    smoothing: Annotated[bool, typer.Option(help="Steady the points from frame to frame.")] = True,
    boxes: Annotated[bool, typer.Option("--boxes", help="Draw boxes too.")] = False,
    detector: Yunet = None,
) -> None:
    """Show live pictures with landmarks on a page that only this machine can open; Ctrl-C ends it."""
    # Heavy packages: only this command needs them.
    from facepoints.live.smoothing import Smoothing
    from facepoints.live.tracking import Tracker
    from facepoints.live.webcam import Webcam

    tracker = Tracker(loaded(model, detector), Smoothing() if smoothing else None)
    live = Webcam(int(source) if source.isdecimal() else source, tracker, port, boxes)
    try:
        typer.echo(f"{live.address} shows the pictures. Ctrl-C ends it.")
        live.run()
    except KeyboardInterrupt:
        # The picture that is being made takes a moment; another Ctrl-C would end Python in the midst of it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        typer.echo("Ended.")
    finally:
        live.close()
