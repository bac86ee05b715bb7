"""The schemes that come with facepoints, and reading one from a file."""

from pathlib import Path

import yaml

from facepoints import FacepointsError
from facepoints.schemes.scheme import Scheme

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The schemes that `load` knows by name."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name_or_file: str, folder: Path = Path()) -> Scheme:
    """The scheme of that name, or the one that a file ending in .yaml in `folder` describes.

    Raises:
        FacepointsError: no such name or file, or what it holds is no valid scheme.
    """
    if is_file(name_or_file):
        return _read(folder / name_or_file)
    if name_or_file not in names():
        raise FacepointsError(
            f"unknown scheme {name_or_file!r}. Known: {', '.join(names())}; "
            "or give the path of a .yaml file."
        )
    return _read(FOLDER / f"{name_or_file}.yaml")


def is_file(name_or_file: str) -> bool:
    """Whether it names a file, not a scheme that comes with facepoints."""
    return name_or_file.endswith(".yaml")


def _read(path: Path) -> Scheme:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FacepointsError(f"{path}: this scheme cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FacepointsError(f"{path}: no valid YAML: {error}") from error
    return Scheme.from_mapping(content, str(path))
