"""The crop store's rows: what a Parquet shard holds and how it is read back."""

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.crops.settings import CropSettings
from facepoints.schemes.scheme import Scheme
from facepoints.store.spool import Spool

SCHEMA = pa.schema(
    [
        ("face", pa.string()),  # image path, with #2 … for further faces of one image
        ("source", pa.string()),  # image path below the set's raw folder
        ("crop", pa.large_binary()),  # JPEG: the view and its margin
        ("landmarks", pa.list_(pa.float32())),  # 2 K numbers, view pixels
        ("labelled", pa.list_(pa.bool_())),
        ("occlusion", pa.list_(pa.int8())),
        ("affine", pa.list_(pa.float64())),  # 2 × 3, view ← photo
        ("landmark_box", pa.list_(pa.float32())),  # photo pixels
        ("annotated_box", pa.list_(pa.float32())),
        ("detector_box", pa.list_(pa.float32())),
        ("rule", pa.string()),  # the box rule really used
        ("group", pa.string()),
        ("split", pa.string()),  # the set's own
        ("subsets", pa.list_(pa.string())),
    ]
)


def face_id(image: str, number: int) -> str:
    """The id of an image's first, second … face: the image's path, numbered from the second on."""
    return image if number == 1 else f"{image}#{number}"


@dataclass(frozen=True)
class Crops:
    """Faces of a store. N faces, K points.

    Attributes:
        face: N ids.
        crop: N encoded images (JPEG), the view and `settings.margin_pixels` around it.
        landmarks: (N, K, 2) float32, view pixels.
        labelled: (N, K) bool.
        occlusion: (N, K) int8; 1 seen, 0 hidden, −1 unknown.
        affine: (N, 2, 3) float64, view ← photo pixels.
        landmark_box: (N, 4) float32, photo pixels.
        rule: N names of the box rule really used, which differs from `settings.box` where a detector missed.
        split: the set's own, per face, or None.
        subsets: N lists of names.
    """

    scheme: Scheme
    settings: CropSettings
    face: list[str]
    crop: Spool
    landmarks: NDArray[np.float32]
    labelled: NDArray[np.bool_]
    occlusion: NDArray[np.int8]
    affine: NDArray[np.float64]
    landmark_box: NDArray[np.float32]
    rule: list[str]
    split: list[str | None]
    subsets: list[list[str]]
    group: list[str]

    @property
    def box_rule(self) -> str:
        """How faces were cut out, in words, and how many by another rule because a detector missed them."""
        crop = self.settings
        others = Counter(self.rule)
        others.pop(crop.box, None)
        really = [f"{n} of {len(self.rule)} by {other}" for other, n in sorted(others.items())]
        rule = f"{crop.box} ({', '.join(really)})" if really else crop.box
        aspect = "" if crop.keep_aspect else ", aspect not kept"
        return f"{rule}, padding {crop.padding:g} {crop.padding_unit}{aspect}"

    def take(self, index: NDArray[np.int64]) -> "Crops":
        """Some of the faces."""
        given = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        part: dict[str, Any] = {
            name: value[index] if isinstance(value, np.ndarray) else [value[i] for i in index]
            for name, value in given.items()
            if name not in ("scheme", "settings", "crop")
        }
        return dataclasses.replace(self, crop=self.crop.take(index), **part)

    def first(self, count: int) -> "Crops":
        """The first `count`, or all if there are fewer."""
        return self.take(np.arange(min(count, len(self.face))))

    def digest(self) -> str:
        """SHA-256 of what a net learns from: ids, pixels, points and which of them are labelled, face by face."""
        content = hashlib.sha256()
        for index, face in enumerate(self.face):
            content.update(face.encode() + b"\0" + self.crop[index])
            content.update(self.landmarks[index].tobytes() + self.labelled[index].tobytes())
        return content.hexdigest()


def metadata(scheme: Scheme, settings: CropSettings) -> dict[bytes, bytes]:
    """What a shard says of all its rows."""
    # Only what shapes crops: a CacheSettings' tolerance must not change the bytes.
    shape = settings.model_dump_json(include=set(CropSettings.model_fields))
    return {b"scheme": scheme.to_json().encode(), b"settings": shape.encode()}


def shards(folder: Path) -> list[Path]:
    """The store's files in order.

    Raises:
        FacepointsError: there are none.
    """
    found = sorted(folder.glob("part-*.parquet"))
    if not found:
        raise FacepointsError(
            f"{folder}: no crop store here. Run the cache stage first (dvc repro)."
        )
    return found


def read_columns(folder: Path, columns: list[str]) -> dict[str, list[Any]]:
    """Some columns of all rows as lists: what needs no pixels does not read them."""
    table = pa.concat_tables(pq.read_table(part, columns=columns) for part in shards(folder))
    return {name: table.column(name).to_pylist() for name in columns}


def read(folder: Path, faces: list[str]) -> Crops:
    """The named faces, in the order of `faces`.

    Raises:
        FacepointsError: no store, or a face is not in it.
    """
    wanted = pa.array(faces, pa.string())
    taken = []

    def crops() -> Iterator[bytes]:
        for file, number in _row_groups(folder):
            group = file.read_row_group(number)
            group = group.filter(pa.compute.is_in(group.column("face"), wanted))
            taken.append(group.drop_columns("crop"))
            yield from group.column("crop").to_pylist()

    spool = Spool.of(crops())
    table = pa.concat_tables(taken)
    row_of = {face: row for row, face in enumerate(table.column("face").to_pylist())}
    missing = [face for face in faces if face not in row_of]
    if missing:
        raise FacepointsError(
            f"{folder}: {len(missing)} faces of the split are not in the store (the first: {missing[0]}). "
            "Cache and split belong to different runs: run dvc repro."
        )
    order = np.array([row_of[face] for face in faces], dtype=np.int64)
    return _crops(table.take(pa.array(order)), spool.take(order))


def read_spread(folder: Path, count: int) -> Crops:
    """`count` faces at even distances in the order of the store, or all if there are fewer.

    Only one row group is held at a time, whatever the size of the store.

    Raises:
        FacepointsError: no store.
    """
    groups = [
        (file, number, file.metadata.row_group(number).num_rows)
        for file, number in _row_groups(folder)
    ]
    ends = np.cumsum([rows for *_, rows in groups])
    chosen = np.linspace(0, ends[-1] - 1, min(count, int(ends[-1]))).round().astype(np.int64)
    taken = []
    for (file, number, rows), end in zip(groups, ends, strict=True):
        inside = chosen[(chosen >= end - rows) & (chosen < end)]
        if len(inside):
            taken.append(file.read_row_group(number).take(pa.array(inside - (end - rows))))
    table = pa.concat_tables(taken)
    return _crops(table, Spool.of(table.column("crop").to_pylist()))


def _row_groups(folder: Path) -> Iterator[tuple[pq.ParquetFile, int]]:
    """Each file of the store with the number of each of its row groups."""
    for file in map(pq.ParquetFile, shards(folder)):
        for number in range(file.num_row_groups):
            yield file, number


def _crops(table: pa.Table, crops: Spool) -> Crops:
    about = table.schema.metadata
    scheme = Scheme.from_json(about[b"scheme"].decode())
    count = len(table)

    def flat(name: str, dtype: Any) -> NDArray[Any]:
        values = table.column(name).combine_chunks().flatten().to_numpy(False)
        return np.asarray(values, dtype=dtype)

    return Crops(
        scheme=scheme,
        settings=CropSettings(**json.loads(about[b"settings"])),
        face=table.column("face").to_pylist(),
        crop=crops,
        landmarks=flat("landmarks", np.float32).reshape(count, scheme.points, 2),
        labelled=flat("labelled", np.bool_).reshape(count, scheme.points),
        occlusion=flat("occlusion", np.int8).reshape(count, scheme.points),
        affine=flat("affine", np.float64).reshape(count, 2, 3),
        landmark_box=flat("landmark_box", np.float32).reshape(count, 4),
        rule=table.column("rule").to_pylist(),
        split=table.column("split").to_pylist(),
        subsets=table.column("subsets").to_pylist(),
        group=table.column("group").to_pylist(),
    )


def decode_crop(encoded: bytes) -> NDArray[np.uint8]:
    """One stored crop (S, S, 3) RGB.

    Raises:
        FacepointsError: the bytes are no image.
    """
    image = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise FacepointsError("a crop of the store is damaged. Run the cache stage again.")
    return np.asarray(image, dtype=np.uint8)
