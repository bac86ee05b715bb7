"""Opening a data set by the name of its format."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from facepoints import FacepointsError
from facepoints.datasets.face import FaceSet
from facepoints.datasets.muct import Muct
from facepoints.datasets.settings import OPTIONS, SCHEMES
from facepoints.datasets.synthetic import Synthetic
from facepoints.datasets.w300 import W300
from facepoints.parameters import checked

# Each takes the folder of raw files and the format's checked options.
FORMATS: dict[str, Callable[[Path, Any], FaceSet]] = {
    "synthetic": lambda _, options: Synthetic(options),
    "muct": lambda root, _: Muct(root),
    "w300": lambda root, _: W300(root),
}


def open_set(format: str, root: Path, scheme: str, options: Mapping[str, Any]) -> FaceSet:
    """The set of this format whose raw files lie in `root`; no label is read yet.

    Raises:
        FacepointsError: no such format, a scheme that its labels do not follow, or wrong options.
    """
    if format not in FORMATS:
        raise FacepointsError(f"unknown format {format!r}. Known: {', '.join(FORMATS)}.")
    if scheme not in SCHEMES[format]:
        raise FacepointsError(
            f"scheme {scheme!r} does not fit format {format}; "
            f"allowed: {', '.join(SCHEMES[format])}."
        )
    return FORMATS[format](
        root, checked(dict(options), f"dataset.{root.name}.options", OPTIONS[format])
    )
