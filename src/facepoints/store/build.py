"""From face records to a crop store, with one process per core."""

import gc
import multiprocessing
import shutil
import signal
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import cv2
from tqdm import tqdm

from facepoints import FacepointsError, cores
from facepoints.crops.settings import CacheSettings
from facepoints.datasets.face import Face, FaceSet
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import metadata
from facepoints.store.cutter import Cutter, Missed, Row, Unreadable
from facepoints.store.shards import write_shards

FACES_PER_TASK = 8
TASKS_AHEAD = 8  # per process: what is finished early and waits in memory is bounded

Result = Row | Unreadable | Missed


@dataclass
class Built:
    """What a build wrote and what it left out.

    Attributes:
        faces: how many it wrote.
        unreadable: what is wrong with each image that cannot be read.
        missed: how many faces the detector missed.
        left_out: how many of the missed were left out, not cut by their landmark box.
    """

    faces: int = 0
    unreadable: list[str] = field(default_factory=list)
    missed: int = 0
    left_out: int = 0


def build(
    face_set: FaceSet,
    scheme: Scheme,
    settings: CacheSettings,
    out: Path,
    processes: int | None = None,
) -> Built:
    """Cut, encode and store every face of a set; `out` appears whole or not at all.

    The bytes depend on neither the number of processes nor the time.

    Args:
        processes: worker processes; the cores that this process may use when None.

    Raises:
        FacepointsError: labels that do not fit their image, no face at all, or more unreadable images
            than `settings.max_unreadable` allows.
    """
    faces = face_set.faces()
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    # A forked worker that inherits OpenCV's threads as dead ones waits for them forever: end them here.
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        built = Built()
        results = _results(face_set, faces, settings, processes)
        bar = tqdm(results, total=len(faces), desc=f"cache {out.name}", unit=" faces", disable=None)
        write_shards(_rows(bar, settings, built), partial, metadata(scheme, settings))
        _check_counts(built, len(faces), settings.max_unreadable, out.name)
        shutil.rmtree(out, ignore_errors=True)
        partial.rename(out)
    finally:
        cv2.setNumThreads(threads)
        shutil.rmtree(partial, ignore_errors=True)
    return built


def _results(
    face_set: FaceSet, faces: Sequence[Face], settings: CacheSettings, processes: int | None
) -> Iterator[Result]:
    """What became of each face, in the order of `faces`."""
    count = min(processes or cores(), len(faces))
    if count <= 1:
        yield from map(Cutter(face_set, settings).cut, faces)
        return
    with ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context(),
        initializer=_start_worker,
        initargs=(face_set, settings),
    ) as pool:
        waiting: deque[Future[list[Result]]] = deque()
        try:
            for first in range(0, len(faces), FACES_PER_TASK):
                task = faces[first : first + FACES_PER_TASK]
                waiting.append(pool.submit(_cut_in_worker, task))
                if len(waiting) > TASKS_AHEAD * count:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


_worker: Cutter


def _start_worker(face_set: FaceSet, settings: CacheSettings) -> None:
    global _worker
    # Else the garbage collector walks all that the main process held, labels too, and so copies it per worker.
    gc.freeze()
    # Ctrl-C reaches all processes; the main one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)  # the processes are the parallelism
    _worker = Cutter(face_set, settings)


def _cut_in_worker(faces: Sequence[Face]) -> list[Result]:
    return [_worker.cut(face) for face in faces]


def _rows(results: Iterable[Result], settings: CacheSettings, built: Built) -> Iterator[Row]:
    """The rows, each with its face id: the image path, numbered from the image's second face on.

    Faces that are left out count in their image's numbers, so an id means the same face under every box rule.
    `built` notes what became of each face.
    """
    seen: Counter[str] = Counter()
    for result in results:
        if isinstance(result, Unreadable):
            built.unreadable.append(result.message)
            continue
        source = result.image if isinstance(result, Missed) else result["source"]
        seen[source] += 1
        if isinstance(result, Missed):
            built.missed += 1
            built.left_out += 1
            continue
        built.faces += 1
        built.missed += result["rule"] != settings.box
        yield {"face": source if seen[source] == 1 else f"{source}#{seen[source]}", **result}


def _check_counts(built: Built, faces: int, allowed: float, name: str) -> None:
    if built.unreadable and len(built.unreadable) > allowed * faces:
        shown = "\n".join(built.unreadable[:5])
        raise FacepointsError(
            f"data set {name}: {len(built.unreadable)} of {faces} faces have unreadable images, more than "
            f"cache.max_unreadable allows ({allowed:.1%}):\n{shown}\nRepair or remove them, or raise it."
        )
    if not built.faces:
        raise FacepointsError(
            f"data set {name}: no face is left: {faces} in all, {len(built.unreadable)} with an unreadable "
            f"image, {built.left_out} that the detector missed (cache.missed: leave_out)."
        )
