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
import pyarrow as pa
from tqdm import tqdm

from facepoints import FacepointsError, cores
from facepoints.crops.settings import CacheSettings, Rule
from facepoints.datasets.face import Face, FaceSet
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import metadata
from facepoints.store.cutter import Cutter, Missed, Unreadable
from facepoints.store.memory import keep_freed_memory
from facepoints.store.shards import pack, unpack, write_shards

FACES_PER_TASK = 16
TASKS_AHEAD = 4  # per process: what is finished early and waits in memory is bounded


@dataclass(frozen=True)
class Kept:
    """A face that has a row, its image and the box rule that cut it."""

    image: str
    rule: Rule


@dataclass(frozen=True)
class Done:
    """What became of the faces of a task, in their order, and the rows of those that were kept."""

    outcomes: list[Kept | Unreadable | Missed]
    rows: bytes


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
        done = _counted(_tasks(face_set, faces, settings, processes), len(faces), out.name)
        write_shards(_batches(done, settings, built), partial, metadata(scheme, settings))
        _check_counts(built, len(faces), settings.max_unreadable, out.name)
        shutil.rmtree(out, ignore_errors=True)
        partial.rename(out)
    finally:
        cv2.setNumThreads(threads)
        shutil.rmtree(partial, ignore_errors=True)
    return built


def _tasks(
    face_set: FaceSet, faces: Sequence[Face], settings: CacheSettings, processes: int | None
) -> Iterator[Done]:
    """What became of the faces, task by task, in the order of `faces`."""
    tasks = [
        range(first, min(first + FACES_PER_TASK, len(faces)))
        for first in range(0, len(faces), FACES_PER_TASK)
    ]
    count = min(processes or cores(), len(faces))
    if count <= 1:
        yield from map(Worker(face_set, faces, settings).work, tasks)
        return
    with ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context(),
        initializer=_start_worker,
        initargs=(face_set, faces, settings),
    ) as pool:
        waiting: deque[Future[Done]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(_work, task))
                if len(waiting) > TASKS_AHEAD * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


class Worker:
    """What cuts the crops of some faces of a set."""

    def __init__(self, face_set: FaceSet, faces: Sequence[Face], settings: CacheSettings) -> None:
        self.faces = faces
        self.cutter = Cutter(face_set, settings)

    def work(self, task: range) -> Done:
        """Cut the faces of these indices."""
        found = [self.cutter.cut(self.faces[index]) for index in task]
        outcomes = [
            Kept(each["source"], each["rule"]) if isinstance(each, dict) else each for each in found
        ]
        return Done(outcomes, pack([each for each in found if isinstance(each, dict)]))


_worker: Worker


def _start_worker(face_set: FaceSet, faces: Sequence[Face], settings: CacheSettings) -> None:
    global _worker
    # Else the garbage collector walks all that the main process held, labels too, and so copies it per worker.
    gc.freeze()
    # Ctrl-C reaches all processes; the main one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)  # the processes are the parallelism
    keep_freed_memory()
    _worker = Worker(face_set, faces, settings)


def _work(task: range) -> Done:
    return _worker.work(task)


def _counted(tasks: Iterable[Done], faces: int, name: str) -> Iterator[Done]:
    """The same tasks; shows how far they are."""
    with tqdm(total=faces, desc=f"cache {name}", unit=" faces", disable=None) as bar:
        for done in tasks:
            yield done
            bar.update(len(done.outcomes))


def _batches(
    tasks: Iterable[Done], settings: CacheSettings, built: Built
) -> Iterator[pa.RecordBatch]:
    """The rows, each with its face id: the image path, numbered from the image's second face on.

    Faces that are left out count in their image's numbers, so an id means the same face under every box rule.
    `built` notes what became of each face.
    """
    seen: Counter[str] = Counter()
    for done in tasks:
        ids = []
        for face in done.outcomes:
            if isinstance(face, Unreadable):
                built.unreadable.append(face.message)
                continue
            seen[face.image] += 1
            if isinstance(face, Missed):
                built.missed += 1
                built.left_out += 1
                continue
            built.faces += 1
            built.missed += face.rule != settings.box
            number = seen[face.image]
            ids.append(face.image if number == 1 else f"{face.image}#{number}")
        if ids:
            yield unpack(done.rows, ids)


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
