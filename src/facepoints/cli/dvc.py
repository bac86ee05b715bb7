"""The only module that knows dvc and git: their commands as subprocesses, their files as text."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

LOCK = Path("dvc.lock")
# Entries that the same kind of machine computes bit for bit; training differs across processors.
EXACT = ("check", "download", "cache", "split")


def committed_lock() -> dict[str, Any]:
    """The stages of dvc.lock as git's HEAD has it; none where git has no such file."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:./{LOCK}"], capture_output=True, text=True, check=False
    )
    return _stages(shown.stdout) if shown.returncode == 0 else {}


def current_lock() -> dict[str, Any]:
    """The stages of dvc.lock as it lies here."""
    return _stages(LOCK.read_text(encoding="utf-8")) if LOCK.is_file() else {}


def other_bits() -> list[str]:
    """Exact stages that ran on the same inputs as the committed lock's but gave other outputs."""
    committed, current = committed_lock(), current_lock()
    return sorted(
        name
        for name, entry in current.items()
        if name.split("@")[0] in EXACT
        and (before := committed.get(name))
        and before.get("outs") != entry.get("outs")
        and all(before.get(key) == entry.get(key) for key in ("deps", "params"))
    )


def _stages(text: str) -> dict[str, Any]:
    content = yaml.safe_load(text) or {}
    stages: dict[str, Any] = content.get("stages", {})
    return stages
