"""Speed of the face generator: `python -m benchmarks.synthetic` prints JSON.

`--faces N` faces are drawn by one process, then by `--processes P`. With `--facekit FOLDER`, the files of ICT-FaceKit,
its faces are drawn by these processes too: with every factor, and without hair and shadows.
"""

import argparse
import json
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from facepoints import cores
from facepoints.parameters import read, value
from facepoints.synthetic import scene
from facepoints.synthetic.facekit import model
from facepoints.synthetic.facekit.scene import compose, drawing
from facepoints.synthetic.facekit.settings import FacekitSettings
from facepoints.synthetic.rasteriser import rasterise
from facepoints.synthetic.settings import SyntheticSettings

SETTINGS = value(read(), "dataset.synthetic.options", SyntheticSettings)


def raster_milliseconds(side: int = 512, triangles: int = 50_000) -> float:
    """Best of ten warm calls: a wavy sheet of this many triangles that fills the picture."""
    cells = int(np.sqrt(triangles / 2))
    grid = np.linspace(-1.0, side, cells + 1)
    x, y = np.meshgrid(grid, grid)
    z = 3 + np.sin(x / 30) * np.cos(y / 40)
    positions = np.stack([x, y, z], axis=-1).reshape(-1, 3).astype(np.float32)
    number = np.arange((cells + 1) ** 2, dtype=np.int32).reshape(cells + 1, -1)
    a, b, c, d = number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]
    corners = np.concatenate(
        [np.stack([p.ravel() for p in three], 1) for three in ((a, c, b), (b, c, d))]
    )
    rasterise(positions, corners, side, side)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        rasterise(positions, corners, side, side)
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def draw_face(index: int) -> int:
    """Draw one face; its brightness stands for the picture."""
    return int(scene.render(scene.sample(SETTINGS, index)).sum())


def draw_scanned(task: tuple[Path, FacekitSettings, int]) -> int:
    """Draw one face of ICT-FaceKit, whose files the parent process has read."""
    folder, settings, index = task
    return int(drawing(compose(model.read(folder), settings, index), ("ibug68",)).image.sum())


def scanned_faces_per_second(folder: Path, faces: int, processes: int) -> dict[str, float]:
    """With every factor of params.yaml, and without hair and shadows; at 256 pixels."""
    full = value(read(), "dataset.facekit.options", FacekitSettings)
    bare = {"shadows": False, "factors": {**full.factors, "hair": 0.0, "beard": 0.0}}
    cases = {"every_factor": full, "no_hair_no_shadows": full.model_copy(update=bare)}
    draw_scanned((folder, full, 0))
    found = {}
    with get_context("fork").Pool(processes) as pool:
        for name, settings in cases.items():
            tasks = [(folder, settings, index) for index in range(faces)]
            start = time.perf_counter()
            pool.map(draw_scanned, tasks, chunksize=4)
            found[f"facekit_faces_per_s_{name}"] = round(faces / (time.perf_counter() - start), 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=100)
    parser.add_argument("--processes", type=int, default=cores())
    parser.add_argument("--facekit", type=Path, help="the files of ICT-FaceKit")
    arguments = parser.parse_args()
    draw_face(0)
    start, cpu = time.perf_counter(), time.process_time()
    for index in range(arguments.faces):
        draw_face(index)
    wall, busy = time.perf_counter() - start, time.process_time() - cpu
    with get_context("spawn").Pool(arguments.processes) as pool:
        pool.map(draw_face, range(2 * arguments.processes), chunksize=1)
        start = time.perf_counter()
        pool.map(draw_face, range(arguments.faces), chunksize=8)
        together = time.perf_counter() - start
    figures = {
        "raster_ms_50000_triangles_512": round(raster_milliseconds(), 2),
        "face_ms_one_process": round(1000 * wall / arguments.faces, 1),
        "face_cpu_ms_one_process": round(1000 * busy / arguments.faces, 1),
        "faces_per_s_one_process": round(arguments.faces / wall, 1),
        "processes": arguments.processes,
        "faces_per_s_all_processes": round(arguments.faces / together, 1),
    }
    if arguments.facekit:
        figures |= scanned_faces_per_second(arguments.facekit, arguments.faces, arguments.processes)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
