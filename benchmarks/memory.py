"""Peak memory of the cache stage, over all its processes (Linux).

    python -m benchmarks.memory csv --faces 20000
    python -m benchmarks.memory --facekit FOLDER_OF_ICT_FACEKIT --faces 400

draws a set, or takes faces that are rendered as the stage goes, builds its store in a process of its own and prints
what that and its workers held at most. Counted is the proportional set size: a page that n processes share counts 1/n
in each.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.sets import LAYOUTS, opened, write
from facepoints import cores
from facepoints.crops.settings import CacheSettings
from facepoints.datasets.library import open_set
from facepoints.parameters import read, value
from facepoints.schemes.library import load
from facepoints.store.build import build
from facepoints.store.sheet import contact_sheet

PAUSE = 0.05  # seconds between two looks


def stage(format: str, root: Path, faces: int, out: Path, processes: int) -> None:
    """What the cache stage does."""
    # A spawned process would spawn its workers too; a stage starts them in the platform's own way, the first.
    multiprocessing.set_start_method(multiprocessing.get_all_start_methods()[0], force=True)
    if format == "facekit":
        scheme = load("ibug68")
        options = read()["dataset"][format]["options"]
        face_set = open_set(format, root, scheme, {**options, "faces": faces})
    else:
        face_set, scheme = opened(format, root)
    build(face_set, scheme, value(read(), "cache", CacheSettings), out, processes)
    contact_sheet(out)


def held(pid: int) -> int:
    """Proportional set size of a process, kB; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
        children = [int(child) for task in tasks for child in task.read_text().split()]
    except OSError:  # it has just ended
        return []
    return [pid, *(member for child in children for member in family(child))]


def peaks(process: BaseProcess) -> dict[str, float]:
    """The most that the process, its largest descendant and all of them held until it ended, MB."""
    main, worker, together = 0, 0, 0
    while process.is_alive():
        sizes = [held(pid) for pid in family(process.pid or 0)]
        if sizes:
            main = max(main, sizes[0])
            worker = max([worker, *sizes[1:]])
            together = max(together, sum(sizes))
        time.sleep(PAUSE)
    return {"main_mb": main / 1e3, "worker_mb": worker / 1e3, "all_mb": together / 1e3}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("format", nargs="?", default="csv", choices=LAYOUTS)
    parser.add_argument("--facekit", type=Path, help="the files of ICT-FaceKit, instead of format")
    parser.add_argument("--faces", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=cores())
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root, out = Path(scratch) / "raw", Path(scratch) / "cache"
        format, faces = arguments.format, arguments.faces
        if arguments.facekit:
            format, root = "facekit", arguments.facekit
        else:
            write(format, root, faces)
        process = multiprocessing.get_context("spawn").Process(
            target=stage, args=(format, root, faces, out, arguments.processes)
        )
        process.start()
        found = peaks(process)
        process.join()
        if process.exitcode:
            raise SystemExit("the stage failed")
        shards = [part.stat().st_size for part in out.iterdir()]
    print(
        json.dumps(
            {
                "set": f"drawn, as {format}",
                "faces": faces,
                "processes": arguments.processes,
                **{key: round(size) for key, size in found.items()},
                "shards": len(shards),
                "largest_shard_mb": round(max(shards) / 1e6),
            }
        )
    )


if __name__ == "__main__":
    main()
