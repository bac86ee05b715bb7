"""Writing a file whole or not at all."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path


def replace(path: Path, content: bytes | str) -> None:
    """Put `content` (text: UTF-8, line ends as they are) at `path`, making its folder.

    The old file stays until the new one is complete. It is replaced, never written into: a cached
    output may share its bytes with the cache.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    part.replace(path)


def replace_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Put a CSV table at `path` as `replace` does."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    replace(path, text.getvalue())
