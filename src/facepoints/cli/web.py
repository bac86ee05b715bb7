"""`facepoints web MODEL`"""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from facepoints import FacepointsError
from facepoints.cli.failure import told
from facepoints.cli.model import found


@told
def web(
    model: Annotated[
        str | None,
        typer.Argument(
            help="An exported model.onnx, its folder, or a cell's name; without it --serve takes the page that is "
            "there."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("page"),
    serve: Annotated[
        bool,
        typer.Option(
            "--serve", help="Hand the page out to browsers on this machine; Ctrl-C ends it."
        ),
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of --serve; 0 takes any that is free.")
    ] = 8000,
    runtime: Annotated[
        Path | None,
        typer.Option(
            help="onnxruntime-web as `npm pack` fetches it.", show_default="fetched by npm"
        ),
    ] = None,
) -> None:
    """Write a static page that finds a model's landmarks in photos and before the webcam, all in the browser."""
    # OpenCV and onnxruntime: only this command needs them.
    from facepoints.web import server, site

    if model is not None:
        site.build(found(model), out, runtime)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        typer.echo(
            f"{out.resolve()}: {size / 1e6:.0f} MB, for any web server; browsers refuse it opened as a file."
        )
    elif not serve:
        raise FacepointsError(
            "no model. Expected facepoints web models/CELL/model.onnx, or --serve for a page that is there."
        )
    elif not site.is_site(out):
        raise FacepointsError(
            f"{out}: no page here. Write it by facepoints web models/CELL/model.onnx --out {out}."
        )
    if serve:
        try:
            listening = server.listen(out, port)
        except OSError as error:
            raise FacepointsError(
                f"--port {port}: {error.strerror}. Give another one, or 0 for any that is free."
            ) from error
        with listening, contextlib.suppress(KeyboardInterrupt):
            typer.echo(f"http://{server.HOST}:{listening.server_port}/ (Ctrl-C ends it)")
            listening.serve_forever()
