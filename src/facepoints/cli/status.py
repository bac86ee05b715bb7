"""`facepoints status`"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from facepoints.cli import dvc
from facepoints.cli.failure import told

FOLDERS = ("data/raw", "data/cache", "data/predictions", "models", ".scratch")
SOURCES, PARAMS = Path("sources"), "params.yaml"
CODE = ("src/", "stages/")
WIDTH = 120  # of a terminal


@told
def status() -> None:
    """What `dvc repro` would run now and why, what may follow from it, disk use, and what remotes may hold.

    `dvc repro --dry` names only the stages that are stale now, not those that become so when these have run.
    """
    from facepoints import parameters

    params = parameters.read()
    changed = dvc.stale()
    readers = dvc.edges()
    lock = dvc.current_lock()
    typer.echo("\n".join([*_stages(changed, readers, lock, params), ""]))
    typer.echo("\n".join([*_disk(dvc.cache_folder()), ""]))
    typer.echo("\n".join(_remotes()))


def _stages(
    changed: Mapping[str, list[Any]],
    readers: Mapping[str, list[str]],
    lock: Mapping[str, Any],
    params: Mapping[str, Any],
) -> Iterator[str]:
    if not changed:
        yield f"All of the {len(readers)} stages are up to date."
        return
    yield f"{len(changed)} of {len(readers)} stages are stale; `dvc repro` runs them:"
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, entries in changed.items():
        stage, _, item = name.partition("@")
        known = name in lock or name.endswith(".dvc")  # what `dvc add` tracks is no stage
        why = tuple(_reasons(entries, lock.get(name, {}), params)) if known else ("never run",)
        groups.setdefault((stage, *why), []).append(item)
    for (stage, *reasons), items in groups.items():
        yield from _wrapped(f"{stage} {', '.join(items)}".rstrip(), 2)
        for reason in reasons:
            yield from _wrapped(reason, 6)
    if following := _following(changed, readers):
        yield f"{len(following)} more may follow, where what they read comes out otherwise:"
        yield from _wrapped(", ".join(following), 2)


def _reasons(
    entries: list[Any], before: Mapping[str, Any], params: Mapping[str, Any]
) -> Iterator[str]:
    """Lines that say what has changed for a stage since the run that dvc.lock records."""
    deps: dict[str, Any] = {}
    for entry in entries:
        if isinstance(entry, str):
            yield entry
            continue
        deps |= entry.get("changed deps", {})
        if outs := entry.get("changed outs"):
            yield "outputs: " + ", ".join(f"{path} {what}" for path, what in outs.items())
    code = [path for path in deps if path.startswith(CODE)]
    keys = deps.pop(PARAMS, None)
    data = [path for path in deps if path not in code]
    if code:
        yield f"code: {', '.join(code)}"
    if isinstance(keys, dict):
        ran = before.get("params", {}).get(PARAMS, {})
        lines = [_difference(key, ran.get(key), params) for key in keys]
        yield f"parameters: {', '.join(lines)}"
    elif keys:
        yield f"parameters: anything in {PARAMS}"
    if data:
        yield f"data: {', '.join(data)}"


def _difference(key: str, before: Any, params: Mapping[str, Any]) -> str:
    """Which of the values below a key of params.yaml are others, with both."""
    now: Any = params
    for part in key.split("."):
        now = now.get(part) if isinstance(now, dict) else None
    old, new = dict(_leaves(key, before)), dict(_leaves(key, now))
    changed = [name for name in [*old, *new] if old.get(name) != new.get(name)]
    return ", ".join(
        f"{name} {old.get(name, 'none')} → {new.get(name, 'none')}"
        for name in dict.fromkeys(changed)
    )


def _leaves(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield key, value
        return
    for name, inner in value.items():
        yield from _leaves(f"{key}.{name}", inner)


def _following(changed: Mapping[str, Any], readers: Mapping[str, list[str]]) -> list[str]:
    """Stages that are up to date now and read, at any remove, what stale ones write; in the pipeline's order."""
    found, left = set(changed), list(changed)
    while left:
        new = set(readers.get(left.pop(), ())) - found
        found |= new
        left += new
    return [name for name in readers if name in found and name not in changed]


def _disk(cache: Path) -> Iterator[str]:
    """Sizes; a file that DVC links from its cache into a folder takes its room once."""
    seen: dict[tuple[int, int], int] = {}
    rows = [(name, _size(Path(name), seen)) for name in FOLDERS]
    rows.append(("DVC's cache", _size(cache, seen)))
    yield f"On disk, {_told_size(sum(seen.values()))} in all (a file that DVC links to its cache counts once):"
    width = max(len(name) for name, _ in rows)
    for name, size in rows:
        yield f"  {name:<{width}}  {_told_size(size):>9}"


def _size(folder: Path, seen: dict[tuple[int, int], int]) -> int:
    """Bytes of all files below a folder; each is noted in `seen` by its place on the disk."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            found = (Path(where) / name).lstat()
            seen[found.st_dev, found.st_ino] = found.st_size
            total += found.st_size
    return total


def _told_size(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def _remotes() -> Iterator[str]:
    from facepoints.sources.source import redistributable

    found = dvc.remotes()
    for name, address in found.items():
        yield f"Remote {name}: {address}"
    if not found:
        yield "No remote: what is computed here lies only here (`dvc remote add -d storage ADDRESS`)."
    raw = sorted(folder.name for folder in Path("data/raw").glob("*"))
    if kept := [name for name in raw if not redistributable(SOURCES / name)]:
        yield from _wrapped(
            f"Private remotes only: the faces of {', '.join(kept)} may not be passed on.", 0
        )


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
