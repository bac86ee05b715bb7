"""How training grows with processes and with faces.

    python -m benchmarks.scaling processes
    python -m benchmarks.scaling faces 2000 10000 50000

The first trains one small net on drawn faces by one process and by two that share each batch (gloo on a CPU, a GPU
each where there are two), one thread each, and by one process of two threads, which differs from the first in rounding
only. It prints seconds, the efficiency (speed of two over twice that of one), validation NMEs for several seeds, and by
how much their mean is above that of one process of one thread. The second trains an epoch on each number of faces and
prints its seconds and the peak memory.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.trial import drawn, model_settings
from facepoints import parameters
from facepoints.augment.settings import AugmentationSettings
from facepoints.training.checkpoint import Checkpoint
from facepoints.training.devices import DEVICES, connect
from facepoints.training.loop import train
from facepoints.training.precision import decided
from facepoints.training.settings import TrainSettings

VALIDATION = 64  # faces
MODEL, SIDE = "mobilenet_v3_small", 112


def work(faces: int, epochs: int, threads: int, seed: int, out: Path) -> None:
    """Train, and write what it took."""
    settings = parameters.value(parameters.read(), "train", TrainSettings)
    settings = settings.model_copy(update={"epochs": epochs, "threads": threads})
    settings = decided(settings, model_settings(MODEL, SIDE).backbone)
    fabric = connect(settings)
    store = drawn(faces + VALIDATION)
    before = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        trained = train(
            fabric,
            store.take(np.arange(faces)),
            store.take(np.arange(faces, faces + VALIDATION)),
            model_settings(MODEL, SIDE),
            parameters.value(parameters.read(), "augmentation.geometric", AugmentationSettings),
            settings,
            {},
            seed,
            Checkpoint(Path(folder) / "checkpoint.pt", "benchmark"),
        )
    if fabric.global_rank == 0:
        found = {
            "faces": faces,
            "processes": fabric.world_size,
            "seconds": round(time.perf_counter() - before, 1),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
            "validation_nme": round(trained.history[-1].validation_nme, 3),
        }
        out.write_text(json.dumps(found))


def measured(
    processes: int, faces: int, epochs: int, threads: int, seed: int = 0
) -> dict[str, float]:
    """One training, in processes of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        command = ["--work", str(faces), str(epochs), str(threads), str(seed), str(out)]
        subprocess.run(
            [sys.executable, "-m", "benchmarks.scaling", *command],
            env={**os.environ, DEVICES: str(processes)},
            check=True,
        )
        found: dict[str, float] = json.loads(out.read_text())
        return found


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--work"]:
        faces, epochs, threads, seed = (int(word) for word in sys.argv[2:6])
        work(faces, epochs, threads, seed, Path(sys.argv[6]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    of_processes = kinds.add_parser("processes")
    of_processes.add_argument("--faces", type=int, default=512)
    of_processes.add_argument("--epochs", type=int, default=20)
    of_processes.add_argument("--seeds", type=int, default=3)
    of_faces = kinds.add_parser("faces")
    of_faces.add_argument("faces", type=int, nargs="*", default=[2000, 10_000, 50_000])
    of_faces.add_argument("--threads", type=int, default=0, help="of the CPU; 0 takes all cores")
    arguments = parser.parse_args()
    if arguments.kind == "faces":
        found = [measured(1, faces, 1, arguments.threads) for faces in arguments.faces]
        print(json.dumps(found, indent=2))
        return
    runs: dict[str, list[dict[str, float]]] = {"one": [], "two": [], "threads": []}
    for seed in range(arguments.seeds):
        for name, processes, threads in (("one", 1, 1), ("two", 2, 1), ("threads", 1, 2)):
            runs[name].append(measured(processes, arguments.faces, arguments.epochs, threads, seed))
    seconds = {name: float(np.median([run["seconds"] for run in of])) for name, of in runs.items()}
    errors = {name: [run["validation_nme"] for run in of] for name, of in runs.items()}
    above = {
        name: round(float(np.mean(errors[name]) - np.mean(errors["one"])), 3)
        for name in ("two", "threads")
    }
    efficiency = round(seconds["one"] / seconds["two"] / 2, 3)
    scores = {"validation_nme": errors, "mean_above_one": above}
    print(json.dumps({"seconds": seconds, "efficiency": efficiency, **scores}, indent=2))


if __name__ == "__main__":
    main()
