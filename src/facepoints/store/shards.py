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
GROUP_BYTES = 10_000_000  # of crops: what is held before it is written as one row group


def write_shards(rows: Iterable[Row], folder: Path, about: dict[bytes, bytes]) -> None:
    """Write part-NNNNN.parquet files into `folder`; the same rows give the same bytes.

    Args:
        about: what each shard says of its rows.
    """
    schema = SCHEMA.with_metadata(about)
    writer, part, written = None, 0, 0
    try:
        for group, size in _groups(rows):
            # JPEG does not compress further and ids do not repeat: plain pages are the fastest to read.
            writer = writer or pq.ParquetWriter(
                folder / f"part-{part:05d}.parquet",
                schema,
                compression="none",
                use_dictionary=False,
            )
            writer.write_table(_table(group, schema))
            written += size
            if written >= SHARD_BYTES:
                writer.close()
                writer, part, written = None, part + 1, 0
    finally:
        if writer:
            writer.close()


def _groups(rows: Iterable[Row]) -> Iterator[tuple[list[Row], int]]:
    """Rows in groups of about GROUP_BYTES, each with the size of its crops."""
    waiting: list[Row] = []
    size = 0
    for row in rows:
        waiting.append(row)
        size += len(row["crop"])
        if size >= GROUP_BYTES:
            yield waiting, size
            waiting, size = [], 0
    if waiting:
        yield waiting, size


def _table(rows: list[Row], schema: pa.Schema) -> pa.Table:
    columns = [_column([row[field.name] for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Values as an Arrow column; arrays are joined at once, because one by one they take 10 % of a build."""
    if not all(isinstance(value, np.ndarray) for value in values):
        return pa.array(values, kind)
    offsets = np.cumsum([0, *map(len, values)], dtype=np.int32)
    flat = pa.array(np.concatenate(values), kind.value_type)
    return pa.ListArray.from_arrays(offsets, flat, type=kind)
