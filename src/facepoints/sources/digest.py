"""One number for a folder's names and contents."""

import hashlib
from pathlib import Path

from tqdm import tqdm


def files(folder: Path) -> list[Path]:
    """Every file below `folder`, sorted by its name relative to it, with slashes."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def digest(folder: Path) -> str:
    """SHA-256, in hex, over one line per file, sorted by name: content's SHA-256, two spaces, name.

    That is what sha256sum prints for the files; so `sha256sum` of that list gives the same.
    """
    lines = hashlib.sha256()
    for path in tqdm(files(folder), desc="digest", unit=" files", leave=False, disable=None):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        lines.update(f"{content}  {path.relative_to(folder).as_posix()}\n".encode())
    return lines.hexdigest()
