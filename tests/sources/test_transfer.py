"""Broken transfers are continued, by the next attempt and by the next run; every byte comes once."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.sources.transfer import note_of, transfer

CONTENT = bytes(index * 7 % 251 for index in range(100_000))
ONCE = ()  # no second attempt


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "a.zip.part"


def test_a_dropped_connection_is_continued(server: Any, part: Path) -> None:
    server.put("a.zip", CONTENT)
    server.cuts = [50_000]
    transfer(f"{server.address}/a.zip", part, (0.0,))
    assert part.read_bytes() == CONTENT
    assert server.sent == len(CONTENT)
    assert len(server.asked) == 2
    assert list(part.parent.iterdir()) == [part]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(1, 60_000), max_size=4))
def test_wherever_it_drops(server: Any, part: Path, cuts: list[int]) -> None:
    part.unlink(missing_ok=True)
    server.put("a.zip", CONTENT)
    server.cuts, server.sent = list(cuts), 0
    # Each attempt brings something, so one pause is enough for any number of drops.
    transfer(f"{server.address}/a.zip", part, (0.0,))
    assert part.read_bytes() == CONTENT
    assert server.sent == len(CONTENT)


def test_the_next_run_goes_on(server: Any, part: Path) -> None:
    server.put("a.zip", CONTENT)
    server.cut = 30_000
    for got in (30_000, 60_000, 90_000):
        with pytest.raises(FacepointsError, match=r"a\.zip: cannot be fetched: .*tried 1 times"):
            transfer(f"{server.address}/a.zip", part, ONCE)
        assert part.stat().st_size == got
    transfer(f"{server.address}/a.zip", part, ONCE)
    assert part.read_bytes() == CONTENT
    assert server.sent == len(CONTENT)


def test_killed_before_the_end_was_noted(server: Any, part: Path) -> None:
    server.put("a.zip", CONTENT)
    server.cuts = [99_999]
    with pytest.raises(FacepointsError):
        transfer(f"{server.address}/a.zip", part, ONCE)
    part.write_bytes(CONTENT)
    transfer(f"{server.address}/a.zip", part, ONCE)
    assert len(server.asked) == 1


@pytest.mark.parametrize("change", ["ranges", "versions", "content", "address", "longer"])
def test_what_cannot_be_continued_begins_anew(server: Any, part: Path, change: str) -> None:
    server.put("a.zip", CONTENT)
    server.versions = change != "versions"
    server.cuts = [50_000]
    with pytest.raises(FacepointsError):
        transfer(f"{server.address}/a.zip", part, ONCE)
    name, expected = "a.zip", CONTENT
    if change == "ranges":
        server.ranges = False
    elif change == "content":
        expected = CONTENT[::-1]
    elif change == "address":
        name, expected = "b.zip", CONTENT[::-1]
    elif change == "longer":
        part.write_bytes(CONTENT + b"more")
    server.put(name, expected)
    transfer(f"{server.address}/{name}", part, (0.0,))
    assert part.read_bytes() == expected
    assert not note_of(part).exists()


def test_a_server_that_always_drops(server: Any, part: Path) -> None:
    server.put("a.zip", CONTENT)
    server.cut, server.ranges = 1_000, False
    with pytest.raises(FacepointsError, match=r"tried 5 times"):
        transfer(f"{server.address}/a.zip", part, (0.0,) * 4)
    assert len(server.asked) == 5
    with pytest.raises(FacepointsError, match=r"tried 5 times"):
        transfer(f"{server.address}/a.zip", part, (0.0,) * 4)
    assert part.stat().st_size == 1_000


def test_a_busy_server_is_asked_again(
    server: Any, part: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.put("a.zip", CONTENT)
    server.statuses = [503, 429]
    transfer(f"{server.address}/a.zip", part, (0.01, 0.02))
    assert part.read_bytes() == CONTENT
    told = capsys.readouterr().out
    assert "503 Service Unavailable. Trying again in 0.01 s." in told
    assert "429 Too Many Requests. Trying again in 0.02 s." in told


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_final(server: Any, part: Path, status: int) -> None:
    server.put("a.zip", CONTENT)
    server.statuses = [status]
    with pytest.raises(FacepointsError, match=rf"a\.zip: cannot be fetched: {status} \w+"):
        transfer(f"{server.address}/a.zip", part, (0.0,) * 4)
    assert len(server.asked) == 1
    assert list(part.parent.iterdir()) == []


def test_a_web_page_is_no_file(server: Any, part: Path) -> None:
    server.put("a.zip", b"\n<!DOCTYPE html><html>register</html>", "text/html; charset=utf-8")
    with pytest.raises(FacepointsError, match=r"a\.zip: answers with a web page"):
        transfer(f"{server.address}/a.zip", part, (0.0,) * 4)
    assert len(server.asked) == 1
    assert list(part.parent.iterdir()) == []


def test_a_file_that_calls_itself_a_web_page(server: Any, part: Path) -> None:
    server.put("a.zip", CONTENT, "text/html")
    transfer(f"{server.address}/a.zip", part, ONCE)
    assert part.read_bytes() == CONTENT


def test_an_empty_file(server: Any, part: Path) -> None:
    server.put("a.csv", b"")
    transfer(f"{server.address}/a.csv", part, ONCE)
    assert part.read_bytes() == b""
