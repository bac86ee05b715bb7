import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("format", ["muct", "coco"])
def test_the_benchmark_of_the_cache_stage_runs_without_data(format):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cache", format, "--faces", "64", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["faces"] == 64
    assert found["ratio"] > 0
