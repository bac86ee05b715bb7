"""Opening a data set by the name of its format."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from facepoints import FacepointsError
from facepoints.datasets.coco import Coco
from facepoints.datasets.cofw68 import Cofw68
from facepoints.datasets.dlib import Dlib
from facepoints.datasets.face import FaceSet
from facepoints.datasets.face_synthetics import FaceSynthetics
from facepoints.datasets.facekit import Facekit
from facepoints.datasets.muct import Muct
from facepoints.datasets.pts import Pts
from facepoints.datasets.settings import OPTIONS, SCHEMES
from facepoints.datasets.synthetic import Synthetic
from facepoints.datasets.table import Table
from facepoints.datasets.w300 import W300
from facepoints.datasets.wflw import Wflw
from facepoints.datasets.youtube_faces import YoutubeFaces
from facepoints.parameters import checked
from facepoints.schemes.scheme import Scheme

# Each takes the folder of raw files, the scheme of their points and the format's checked options.
FORMATS: dict[str, Callable[[Path, Scheme, Any], FaceSet]] = {
    "synthetic": lambda _root, _scheme, options: Synthetic(options),
    "facekit": Facekit,
    "muct": lambda root, _scheme, _options: Muct(root),
    "w300": lambda root, _scheme, _options: W300(root),
    "wflw": lambda root, _scheme, _options: Wflw(root),
    "youtube_faces": lambda root, _scheme, _options: YoutubeFaces(root),
    "face_synthetics": lambda root, _scheme, _options: FaceSynthetics(root),
    "cofw68": lambda root, _scheme, _options: Cofw68(root),
    "csv": Table,
    "pts": Pts,
    "coco": Coco,
    "dlib": Dlib,
}


def open_set(format: str, root: Path, scheme: Scheme, options: Mapping[str, Any]) -> FaceSet:
    """The set of this format whose raw files lie in `root`; no label is read yet.

    Raises:
        FacepointsError: no such format, a scheme that its labels do not follow, or wrong options.
    """
    if format not in FORMATS:
        raise FacepointsError(f"unknown format {format!r}. Known: {', '.join(FORMATS)}.")
    allowed = SCHEMES[format]
    if allowed is not None and scheme.name not in allowed:
        raise FacepointsError(
            f"scheme {scheme.name!r} does not fit format {format}; allowed: {', '.join(allowed)}."
        )
    checked_options = checked(dict(options), f"dataset.{root.name}.options", OPTIONS[format])
    return FORMATS[format](root, scheme, checked_options)
