"""From face records to a crop store, with one process per core."""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.crops.settings import CacheSettings, Rule
from facepoints.datasets.face import Face, FaceSet
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import face_id, metadata
from facepoints.store.cutter import Cutter, Missed, Unreadable
from facepoints.store.shards import pack, unpack, write_shards
from facepoints.store.workers import in_order

FACES_PER_TASK = 16


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
    try:
        built = Built()
        tasks = in_order(Worker, (face_set, faces, settings), len(faces), FACES_PER_TASK, processes)
        done = _counted(tasks, len(faces), out.name)
        write_shards(_batches(done, settings, built), partial, metadata(scheme, settings))
        _check_counts(built, len(faces), settings.max_unreadable, out.name)
        shutil.rmtree(out, ignore_errors=True)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return built


class Worker:
    """What cuts the crops of some faces of a set."""

    def __init__(self, face_set: FaceSet, faces: Sequence[Face], settings: CacheSettings) -> None:
        self.faces = faces
        self.cutter = Cutter(face_set, settings)

    def __call__(self, task: range) -> Done:
        """Cut the faces of these indices."""
        found = [self.cutter.cut(self.faces[index]) for index in task]
        outcomes = [
            Kept(each["source"], each["rule"]) if isinstance(each, dict) else each for each in found
        ]
        return Done(outcomes, pack([each for each in found if isinstance(each, dict)]))


def _counted(tasks: Iterable[Done], faces: int, name: str) -> Iterator[Done]:
    """The same tasks; shows how far they are."""
    with tqdm(total=faces, desc=f"cache {name}", unit=" faces", disable=None) as bar:
        for done in tasks:
            yield done
            bar.update(len(done.outcomes))


def _batches(
    tasks: Iterable[Done], settings: CacheSettings, built: Built
) -> Iterator[pa.RecordBatch]:
    """The rows, each with its face id.

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
            ids.append(face_id(face.image, seen[face.image]))
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
