"""How long a training takes until its first step is done: imports, reading and decoding its faces, building the net.

    python -m benchmarks.start

prints seconds from the start of `python -m stages.train CELL` to its first checkpoint, which is written after the first
step, for a cell whose data this tree has (by default one of the embedded set's 2,000 faces; run `dvc repro` first).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from facepoints import cores
from facepoints.cell import Cell
from facepoints.training.checkpoint import SECONDS

ROOT = Path(__file__).parent.parent
CODE = ("stages", "src", "params.yaml")
DEFAULT = "synthetic-mobilenet_v3_small-geometric-all-0"
LONGEST = 300  # seconds


def first_step(cell: Cell) -> float:
    """Seconds until the first step of a new training is done; the training is stopped then."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in CODE:
            path = ROOT / name
            (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / name)
        for name in ("data", "models/start"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).symlink_to(ROOT / name)
        checkpoint = folder / f".scratch/checkpoints/{cell.name}.pt"
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "stages.train", cell.name],
            cwd=folder,
            env={**os.environ, SECONDS: "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        while not checkpoint.is_file():
            taken = time.perf_counter() - start
            if process.poll() is not None or taken > LONGEST:
                process.kill()
                raise SystemExit(f"no first step after {taken:.0f} s: {process.communicate()[0]}")
            time.sleep(0.01)
        process.kill()
        process.communicate()
        return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cell", nargs="?", default=DEFAULT)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    cell = Cell.parse(arguments.cell)
    seconds = [round(first_step(cell), 2) for _ in range(arguments.rounds)]
    print(json.dumps({"cores": cores(), "cell": cell.name, "seconds": seconds}))


if __name__ == "__main__":
    main()
