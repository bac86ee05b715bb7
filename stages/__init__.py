"""The pipeline's stages, one script each: `python -m stages.NAME`.

This tree's own src/ comes first on the path: an editable install elsewhere must not be what a clone runs.
"""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from facepoints import FacepointsError


def run(stage: Callable[..., None]) -> None:
    """Call `stage` with the command line's arguments; bad input ends as one message and exit code 1."""
    names = list(inspect.signature(stage).parameters)
    if len(sys.argv) != len(names) + 1:
        sys.exit(
            f"error: expected {len(names)} arguments ({', '.join(names)}), not {sys.argv[1:]}."
        )
    try:
        stage(*sys.argv[1:])
    except FacepointsError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(f"error: {where}{error.strerror or error}. Mend that and run it again.")
    except KeyboardInterrupt:
        sys.exit("interrupted; `dvc repro` goes on, a training from its last checkpoint.")
