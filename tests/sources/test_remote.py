import io
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.sources.remote import RemoteFile

CONTENT = bytes(index * 7 % 251 for index in range(10_000))
MOVES = st.tuples(st.integers(-12_000, 12_000), st.sampled_from([0, 1, 2]), st.integers(-1, 3_000))


@pytest.fixture
def remote(server: Any) -> Iterator[RemoteFile]:
    server.put("a.zip", CONTENT)
    with RemoteFile(f"{server.address}/a.zip", (0.0,)) as file:
        yield file


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(MOVES, max_size=6))
def test_reads_like_a_file_in_memory(remote: RemoteFile, moves: list[tuple[int, int, int]]) -> None:
    here = io.BytesIO(CONTENT)
    remote.seek(0)
    for offset, whence, size in moves:
        start = (0, here.tell(), len(CONTENT))[whence] + offset
        if start < 0:
            with pytest.raises(ValueError, match="before its start"):
                remote.seek(offset, whence)
            continue
        assert remote.seek(offset, whence) == here.seek(start)
        assert remote.read(size) == here.read(size)
        assert remote.tell() == here.tell()


def test_a_buffer_asks_once_for_many_reads(server: Any, remote: RemoteFile) -> None:
    server.asked.clear()
    buffered = io.BufferedReader(remote, 4_096)
    assert b"".join(buffered.read(100) for _ in range(40)) == CONTENT[:4_000]
    assert len(server.asked) == 1


def change(server: Any) -> None:
    server.put("a.zip", CONTENT[::-1])


def remove(server: Any) -> None:
    server.contents.clear()


def drop(server: Any) -> None:
    server.cut = 3


@pytest.mark.parametrize(
    ("happens", "told"),
    [(change, "has changed while it was read"), (remove, "404 "), (drop, "tried 2 times")],
)
def test_what_happens_while_it_is_read(
    server: Any, remote: RemoteFile, happens: Callable[[Any], None], told: str
) -> None:
    remote.seek(-5, os.SEEK_END)
    happens(server)
    with pytest.raises(FacepointsError, match=rf"a\.zip: .*{told}"):
        remote.read()
