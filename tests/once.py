"""What several test processes share and one of them makes."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of this test run; the first process that asks fills it by `make`, whole or not at all."""
    base = factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(made.with_suffix(".lock")):
        if not made.exists():
            making = Path(f"{made}.part")
            making.mkdir()
            make(making)
            making.rename(made)
    return made
