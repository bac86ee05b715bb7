"""From face records to Parquet shards of crops, with one process per core."""

import multiprocessing
import shutil
import signal
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from facepoints import FacepointsError, cores
from facepoints.crops.box import check_labels, crop_box, landmark_box
from facepoints.crops.settings import CacheSettings, CropSettings
from facepoints.crops.warp import apply, view_affine, warp
from facepoints.datasets.face import Face, FaceSet
from facepoints.datasets.image import UnreadableImageError
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import SCHEMA, metadata

SHARD_BYTES = 100_000_000
FACES_PER_TASK = 8
TASKS_AHEAD = 8  # per process: what is finished early and waits in memory is bounded

Row = dict[str, Any]


@dataclass
class Built:
    """What a build wrote and what it left out."""

    faces: int = 0
    unreadable: list[str] = field(default_factory=list)


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
        rows = _counted(_rows(face_set, faces, settings, processes), built)
        bar = tqdm(rows, total=len(faces), desc=f"cache {out.name}", unit=" faces", disable=None)
        _write_shards(_named(bar), partial, metadata(scheme, settings))
        _check_share(built, len(faces), settings.max_unreadable, out.name)
        shutil.rmtree(out, ignore_errors=True)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return built


def _rows(
    face_set: FaceSet, faces: Sequence[Face], settings: CropSettings, processes: int | None
) -> Iterator[Row | str]:
    """Rows in the order of `faces`; a message in place of a row whose image cannot be read."""
    count = min(processes or cores(), len(faces))
    if count <= 1:
        cutter = Cutter(face_set, faces, settings)
        yield from map(cutter.cut, range(len(faces)))
        return
    # A forked worker that inherits OpenCV's threads as dead ones waits for them forever: end them here.
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    with ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context(),
        initializer=_start_worker,
        initargs=(face_set, faces, settings),
    ) as pool:
        waiting: deque[Future[list[Row | str]]] = deque()
        try:
            for first in range(0, len(faces), FACES_PER_TASK):
                task = range(first, min(first + FACES_PER_TASK, len(faces)))
                waiting.append(pool.submit(_cut_in_worker, task))
                if len(waiting) > TASKS_AHEAD * count:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            cv2.setNumThreads(threads)


class Cutter:
    """Cuts the crops of one set."""

    def __init__(self, face_set: FaceSet, faces: Sequence[Face], settings: CropSettings) -> None:
        self.face_set = face_set
        self.faces = faces
        self.settings = settings
        self.encoding = [cv2.IMWRITE_JPEG_QUALITY, settings.quality]

    def cut(self, index: int) -> Row | str:
        """The row of face `index`, or why its image cannot be read."""
        settings, face = self.settings, self.faces[index]
        try:
            image = self.face_set.image(face)
        except UnreadableImageError as error:
            return str(error)
        size = (image.shape[1], image.shape[0])
        check_labels(face, size)
        affine = view_affine(crop_box(face, size, settings), settings.side)
        crop = warp(image, affine, settings.side, settings.margin_pixels)
        encoded = cv2.imencode(".jpg", cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), self.encoding)[1]
        return {
            "source": face.image,
            "crop": encoded.tobytes(),
            "landmarks": apply(affine, face.landmarks).ravel(),
            "labelled": face.labelled,
            "occlusion": face.occlusion,
            "affine": affine.ravel(),
            "landmark_box": landmark_box(face.landmarks, face.labelled),
            "annotated_box": face.box,
            "detector_box": None,
            "rule": settings.box,
            "group": face.group,
            "split": face.split,
            "subsets": list(face.subsets),
        }


_worker: Cutter


def _start_worker(face_set: FaceSet, faces: Sequence[Face], settings: CropSettings) -> None:
    global _worker
    # Ctrl-C reaches all processes; the main one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)  # the processes are the parallelism
    _worker = Cutter(face_set, faces, settings)


def _cut_in_worker(task: range) -> list[Row | str]:
    return [_worker.cut(index) for index in task]


def _counted(results: Iterable[Row | str], built: Built) -> Iterator[Row | None]:
    """The rows, None in place of unreadable images, which `built` notes."""
    for result in results:
        if isinstance(result, str):
            built.unreadable.append(result)
            yield None
        else:
            built.faces += 1
            yield result


def _named(rows: Iterable[Row | None]) -> Iterator[Row]:
    """Each row with its face id: the image path, numbered from the image's second face on."""
    seen: Counter[str] = Counter()
    for row in rows:
        if row is not None:
            source = row["source"]
            seen[source] += 1
            yield {"face": source if seen[source] == 1 else f"{source}#{seen[source]}", **row}


def _write_shards(rows: Iterator[Row], folder: Path, about: dict[bytes, bytes]) -> None:
    schema = SCHEMA.with_metadata(about)
    waiting: list[Row] = []
    size, part = 0, 0
    for row in rows:
        waiting.append(row)
        size += len(row["crop"])
        if size >= SHARD_BYTES:
            _write(waiting, schema, folder, part)
            waiting, size, part = [], 0, part + 1
    if waiting:
        _write(waiting, schema, folder, part)


def _write(rows: list[Row], schema: pa.Schema, folder: Path, part: int) -> None:
    columns = [_column([row[field.name] for row in rows], field.type) for field in schema]
    table = pa.Table.from_arrays(columns, schema=schema)
    # JPEG does not compress further and ids do not repeat: plain pages are the fastest to read.
    pq.write_table(
        table, folder / f"part-{part:05d}.parquet", compression="none", use_dictionary=False
    )


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Values as an Arrow column; arrays are joined at once, because one by one they take 10 % of a build."""
    if not all(isinstance(value, np.ndarray) for value in values):
        return pa.array(values, kind)
    offsets = np.cumsum([0, *map(len, values)], dtype=np.int32)
    flat = pa.array(np.concatenate(values), kind.value_type)
    return pa.ListArray.from_arrays(offsets, flat, type=kind)


def _check_share(built: Built, faces: int, allowed: float, name: str) -> None:
    if built.unreadable and len(built.unreadable) > allowed * faces:
        shown = "\n".join(built.unreadable[:5])
        raise FacepointsError(
            f"data set {name}: {len(built.unreadable)} of {faces} faces have unreadable images, more than "
            f"cache.max_unreadable allows ({allowed:.1%}):\n{shown}\nRepair or remove them, or raise it."
        )
    if not built.faces:
        raise FacepointsError(f"data set {name}: no face with a readable image.")
