import numpy as np
import pyarrow.parquet as pq
import pytest

from facepoints.schemes.library import load
from facepoints.store import shards as shards_module
from facepoints.store.crops import metadata, read, read_columns, read_spread, shards
from facepoints.store.shards import pack, unpack, write_shards

COUNT = 250


def row(number):
    """A row whose crop takes 500 bytes."""
    return {
        "source": f"{number}.jpg",
        "crop": number.to_bytes(2) * 250,
        "landmarks": np.full(136, number, np.float32),
        "labelled": np.ones(68, bool),
        "occlusion": np.full(68, -1, np.int8),
        "affine": np.arange(6, dtype=np.float64),
        "landmark_box": np.arange(4, dtype=np.float32),
        "annotated_box": None,
        "detector_box": np.arange(4, dtype=np.float32) if number % 2 else None,
        "rule": "landmarks",
        "group": str(number),
        "split": None,
        "subsets": ["odd"] if number % 2 else [],
    }


@pytest.fixture
def folder(tmp_path, crop_settings, monkeypatch):
    """Shards of 40,000 bytes in row groups of 5,000."""
    monkeypatch.setattr(shards_module, "SHARD_BYTES", 40_000)
    monkeypatch.setattr(shards_module, "GROUP_BYTES", 5_000)
    batches = (unpack(pack([row(number)]), [f"{number}.jpg"]) for number in range(COUNT))
    write_shards(batches, tmp_path, metadata(load("ibug68"), crop_settings))
    return tmp_path


def test_shards_and_row_groups_have_a_bounded_size(folder):
    files = [pq.ParquetFile(part) for part in shards(folder)]
    assert [file.metadata.num_rows for file in files] == [80, 80, 80, 10]
    assert [file.num_row_groups for file in files] == [8, 8, 8, 1]


def test_rows_keep_their_order_and_values(folder):
    assert read_columns(folder, ["face"])["face"] == [f"{number}.jpg" for number in range(COUNT)]
    found = read(folder, ["200.jpg", "3.jpg"])
    assert found.landmarks[:, 0, 0].tolist() == [200, 3]
    assert found.crop[0] == (200).to_bytes(2) * 250
    assert found.subsets == [[], ["odd"]]
    boxes = read_columns(folder, ["detector_box"])["detector_box"]
    assert boxes[:2] == [None, [0, 1, 2, 3]]


@pytest.mark.parametrize(
    ("count", "expected"), [(1, [0]), (4, [0, 83, 166, 249]), (999, range(COUNT))]
)
def test_a_spread_takes_rows_at_even_distances(folder, count, expected):
    found = read_spread(folder, count)
    assert found.face == [f"{number}.jpg" for number in expected]
    assert found.landmarks[:, 5, 1].tolist() == list(expected)


def test_only_the_row_groups_of_chosen_faces_are_read(folder):
    part = shards(folder)[1]
    content = bytearray(part.read_bytes())
    at = content.find((120).to_bytes(2) * 250)  # in a group between the chosen faces
    content[at - 300 : at] = bytes(300)
    part.write_bytes(content)
    assert read_spread(folder, 4).face[1] == "83.jpg"
