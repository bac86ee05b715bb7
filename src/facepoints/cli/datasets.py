"""`facepoints datasets`"""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facepoints import FacepointsError
from facepoints.cli.failure import told

if TYPE_CHECKING:  # heavy packages: only the command itself needs them
    from facepoints.datasets.settings import DatasetSettings
    from facepoints.sources.source import Source

RAW, CACHE, SOURCES = Path("data/raw"), Path("data/cache"), Path("sources")
HEADER = ("name", "format", "scheme", "points", "faces", "terms", "here")
RIGHT = ("points", "faces")
TERMS_WIDTH = 24
WIDTH = 88  # of texts in the details


@told
def datasets(
    name: Annotated[str | None, typer.Argument(help="Tell more about this set.")] = None,
) -> None:
    """List the data sets that params.yaml defines: points, faces, terms, and whether they are here.

    `here` says where: raw (data/raw), copy (in the folder that FACEPOINTS_DATA names), own (your files in sources),
    cached (crops, with the number of faces).
    """
    from facepoints import parameters
    from facepoints.datasets.settings import DatasetSettings

    defined = parameters.value(parameters.read(), "dataset", dict[str, DatasetSettings])
    if name is None:
        typer.echo(_table([_row(each, settings) for each, settings in defined.items()]))
        return
    if name not in defined:
        raise FacepointsError(
            f"params.yaml: no data set {name!r} under dataset. Known: {', '.join(defined)}."
        )
    typer.echo(_details(name, defined[name]))


def _row(name: str, settings: DatasetSettings) -> tuple[str, ...]:
    source = _source(name)
    terms = "yours" if source is None else _short(source.licence)
    return (
        name,
        settings.format,
        settings.scheme,
        _points(name, settings),
        _faces(settings, source),
        terms,
        ", ".join(_here(name, source)) or "–",
    )


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(HEADER, *rows, strict=True)]
    lines = []
    for row in (HEADER, *rows):
        cells = [
            cell.rjust(width) if title in RIGHT else cell.ljust(width)
            for cell, width, title in zip(row, widths, HEADER, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _details(name: str, settings: DatasetSettings) -> str:
    source = _source(name)
    facts = {
        "format": settings.format,
        "scheme": f"{settings.scheme}, {_points(name, settings)} points",
        "faces": _faces(settings, source),
        "test split": settings.test,
        "here": ", ".join(_here(name, source)) or "no",
    }
    if source is not None:
        facts |= {
            "licence": source.licence,
            "pass on": "yes" if source.redistribute else "no: keep its images to yourself",
            "citation": source.citation,
        }
        if source.homepage:
            facts["homepage"] = source.homepage
    facts["get it"] = _way(name, source)
    if settings.digest:
        facts["digest"] = settings.digest
    facts |= {f"options.{key}": str(value) for key, value in settings.options.items()}
    width = max(map(len, facts))
    lines = [source.title if source else f"{name}: a set of your own"]
    for key, text in facts.items():
        wrapped = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
        lines += [f"  {key if not at else '':<{width}}  {line}" for at, line in enumerate(wrapped)]
    return "\n".join(lines)


def _source(name: str) -> Source | None:
    """What sources/NAME/source.yaml says; None for a user's own files, which have none."""
    from facepoints.sources.source import FILE, read_source

    folder = SOURCES / name
    return read_source(folder) if (folder / FILE).is_file() else None


def _points(name: str, settings: DatasetSettings) -> str:
    """How many points the scheme has; a scheme among a set's own files may not be here yet."""
    from facepoints.schemes.library import is_file, load

    if not is_file(settings.scheme):
        return str(load(settings.scheme).points)
    for folder in (RAW / name, SOURCES / name):
        if (folder / settings.scheme).is_file():
            return str(load(settings.scheme, folder).points)
    return "?"


def _faces(settings: DatasetSettings, source: Source | None) -> str:
    # A set that is drawn or rendered has as many as its options say.
    whole = settings.options.get("faces") if source is None or not source.faces else source.faces
    if settings.faces is not None:
        return f"{settings.faces:,}" + (f"/{whole:,}" if whole else "")
    return f"{whole:,}" if whole else "?"


def _here(name: str, source: Source | None) -> list[str]:
    """Where the set lies: raw, copy, own, cached."""
    from facepoints.sources.source import COPIES

    found = []
    if source is None and (SOURCES / name).is_dir():
        found.append("own")
    copies = os.environ.get(COPIES)
    if source is not None and copies and (Path(copies) / source.folder).is_dir():
        found.append("copy")
    if (RAW / name).is_dir():
        found.append("raw")
    if parts := sorted((CACHE / name).glob("part-*.parquet")):
        found.append(f"cached {_rows(parts):,}")
    return found


def _rows(parts: list[Path]) -> int:
    """Rows of Parquet files, from their footers alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return sum(pq.read_metadata(part).num_rows for part in parts)
    except pa.ArrowInvalid as error:
        raise FacepointsError(
            f"{parts[0].parent}: a damaged crop store ({error}). Run the cache stage again (dvc repro)."
        ) from error


def _way(name: str, source: Source | None) -> str:
    """How to get the set."""
    if source is None:
        return f"put your files into {SOURCES / name}/, or make it a link to their folder"
    if source.drawn:
        return "drawn by the pipeline; nothing to fetch"
    copy = f"an own copy: {source.folder}/ in the folder that FACEPOINTS_DATA names"
    if source.how:
        return f"{copy}. {source.how}"
    return f"dvc repro download@{name} fetches it; or {copy}"


def _short(licence: str) -> str:
    """A licence's first words."""
    first = licence.split(";")[0].split(",")[0]
    return textwrap.shorten(first, TERMS_WIDTH, placeholder=" …")
