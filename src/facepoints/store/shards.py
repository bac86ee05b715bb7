"""Rows to Parquet shards of a bounded size, with a bounded number of rows in memory."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from facepoints.store.crops import SCHEMA
from facepoints.store.cutter import Row

SHARD_BYTES = 100_000_000  # of crops
# Of crops: what is held before it is written as one row group. Memory that is used again and again is the fastest.
GROUP_BYTES = 2_000_000
NAMELESS = SCHEMA.remove(SCHEMA.get_field_index("face"))


def pack(rows: list[Row]) -> bytes:
    """Rows without their face ids, as bytes that cost little to send to another process."""
    columns = [_column([row[field.name] for row in rows], field.type) for field in NAMELESS]
    batch = pa.RecordBatch.from_arrays(columns, schema=NAMELESS)
    return bytes(batch.serialize().to_pybytes())


def unpack(packed: bytes, faces: list[str]) -> pa.RecordBatch:
    """The rows of `pack`, with their face ids."""
    batch = pa.ipc.read_record_batch(pa.py_buffer(packed), NAMELESS)
    columns = {**dict(zip(NAMELESS.names, batch.columns, strict=True)), "face": pa.array(faces)}
    return pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def write_shards(
    batches: Iterable[pa.RecordBatch], folder: Path, about: dict[bytes, bytes]
) -> None:
    """Write part-NNNNN.parquet files into `folder`; the same batches give the same bytes.

    Args:
        about: what each shard says of its rows.
    """
    schema = SCHEMA.with_metadata(about)
    writer, part, written = None, 0, 0
    try:
        for group, size in _groups(batches):
            # JPEG does not compress further and ids do not repeat: plain pages are the fastest to read.
            writer = writer or pq.ParquetWriter(
                folder / f"part-{part:05d}.parquet",
                schema,
                compression="none",
                use_dictionary=False,
            )
            writer.write_table(pa.Table.from_batches(group).combine_chunks())
            written += size
            if written >= SHARD_BYTES:
                writer.close()
                writer, part, written = None, part + 1, 0
    finally:
        if writer:
            writer.close()


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[list[pa.RecordBatch], int]]:
    """Batches in groups of about GROUP_BYTES, each with the size of its crops."""
    waiting: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        waiting.append(batch)
        size += pa.compute.sum(pa.compute.binary_length(batch.column("crop"))).as_py()
        if size >= GROUP_BYTES:
            yield waiting, size
            waiting, size = [], 0
    if waiting:
        yield waiting, size


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Values as an Arrow column; arrays are joined at once, because one by one they take 10 % of a build."""
    if not values or not all(isinstance(value, np.ndarray) for value in values):
        return pa.array(values, kind)
    offsets = np.cumsum([0, *map(len, values)], dtype=np.int32)
    flat = pa.array(np.concatenate(values), kind.value_type)
    return pa.ListArray.from_arrays(offsets, flat, type=kind)
