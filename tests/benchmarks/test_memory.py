import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_cache_stage_holds_less_than_a_gigabyte():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", "csv", "--faces", "300", "--processes", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["faces"] == 300
    assert 0 < found["worker_mb"] <= found["all_mb"] < 1000
    assert 0 < found["main_mb"] <= found["all_mb"]
