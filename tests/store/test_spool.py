import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.store.spool import Spool


@given(st.lists(st.binary(max_size=50)), st.data())
def test_a_spool_is_a_list_of_bytes(items, data):
    spool = Spool.of(items)
    assert list(spool) == items
    assert len(spool) == len(items)
    start, stop = (data.draw(st.integers(-5, 5)) for _ in range(2))
    assert list(spool[start:stop]) == items[start:stop]
    if items:
        order = data.draw(st.lists(st.integers(0, len(items) - 1)))
        taken = spool.take(np.array(order, dtype=np.int64))
        assert list(taken) == [items[index] for index in order]
        assert taken.file is spool.file
    assert list(pickle.loads(pickle.dumps(spool[1:]))) == items[1:]
    with pytest.raises(IndexError):
        spool[len(items)]


def test_threads_read_at_the_same_time():
    items = [os.urandom(1000) for _ in range(200)]
    spool = Spool.of(items)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            assert list(pool.map(spool.__getitem__, range(200))) == items


def test_its_file_has_no_name_and_goes_with_the_last_that_refers_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    spool = Spool.of([b"a crop"])
    assert list(tmp_path.iterdir()) == []
    number = spool.file.fileno()
    part = spool[:1]
    del spool
    assert part[0] == b"a crop"
    del part
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)
