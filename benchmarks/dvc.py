"""What DVC itself takes: `dvc repro` with nothing to do, and `dvc exp run` beside `dvc repro` of the same change.

    python -m benchmarks.dvc
    python -m benchmarks.dvc --cells 25

prints seconds, each the best of several rounds, from a clone of the last commit that shares this tree's DVC cache (so
run `dvc repro` first). The change is one that only the check stage sees. With --cells, the clone first runs so
many tiny cells with a cache of its own.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
TINY = (
    "dataset.synthetic.options.faces=48",
    "dataset.synthetic.options.side=64",
    "cache.side=48",
    "augmentations=[none]",
    "model.mobilenet_v3_small.input=48",
    "train.epochs=1",
    "train.batch_size=8",
    "train.threads=1",
    "evaluate.resamples=100",
    "evaluate.sheet_faces=4",
    "evaluate.threads=1",
)
KEY, LINE = "model.custom_cnn.loss.beta", "beta: 50.0"


def run(folder: Path, *command: str) -> float:
    """How long the command takes; its output is shown only when it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return time.perf_counter() - start


def restore(clone: Path) -> None:
    """Everything as committed."""
    run(clone, "git", "reset", "-q", "--hard")
    run(clone, "dvc", "checkout", "-q")


def repro(clone: Path, value: float) -> float:
    """`dvc repro` after an edit of params.yaml."""
    params = clone / "params.yaml"
    params.write_text(params.read_text().replace(LINE, f"beta: {value}", 1))  # custom_cnn's
    seconds = run(clone, "dvc", "repro")
    restore(clone)
    return seconds


def experiment(clone: Path, value: float) -> float:
    """`dvc exp run` with the same edit."""
    seconds = run(clone, "dvc", "exp", "run", "-S", f"{KEY}={value}")
    restore(clone)
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cells", type=int, help="tiny ones; without it those of params.yaml")
    arguments = parser.parse_args()
    rounds, cells = arguments.rounds, arguments.cells
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "clone"
        run(ROOT, "git", "clone", "-q", str(ROOT), str(clone))
        run(clone, "git", "config", "user.name", "benchmark")
        run(clone, "git", "config", "user.email", "benchmark@example.invalid")
        if cells is None:
            run(clone, "dvc", "config", "--local", "cache.dir", str(ROOT / ".dvc" / "cache"))
            run(clone, "dvc", "checkout", "-q")
        else:
            changes = [*TINY, f"seeds={list(range(cells))}".replace(" ", "")]
            run(clone, "dvc", "exp", "run", *(word for each in changes for word in ("-S", each)))
            run(clone, "git", "commit", "-qam", "tiny cells")
        nothing = [run(clone, "dvc", "repro") for _ in range(rounds)]
        fresh = os.getpid()  # values of no earlier run, which DVC's run cache would answer
        pairs = [
            (
                repro(clone, number + fresh),
                experiment(clone, number + fresh + 0.5),
            )
            for number in range(rounds)
        ]
        stages = (clone / "dvc.lock").read_text().count("cmd:")
    both = [min(seconds) for seconds in zip(*pairs, strict=True)]
    print(
        json.dumps(
            {
                "stages": stages,
                "repro_of_nothing_s": round(min(nothing), 2),
                "repro_s": round(both[0], 2),
                "exp_run_s": round(both[1], 2),
                "exp_run_more_s": round(both[1] - both[0], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
