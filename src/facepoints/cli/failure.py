"""How a command ends on bad input."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer

from facepoints import FacepointsError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def told(command: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The command with bad input told as one message, `error: …`, and exit code 1."""

    @functools.wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except FacepointsError as error:
            message = str(error)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            message = f"{where}{error.strerror or error}. Mend that and run it again."
        typer.echo(f"error: {message}", err=True)
        raise typer.Exit(1)

    return run
