import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stages.conftest import clone, finished

__all__ = ["clone", "finished"]

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def measured() -> Callable[..., dict]:
    """Runs a benchmark and gives what it prints."""

    def run(*arguments: str) -> dict:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
