"""Asking an address over HTTP, and asking again where that may help."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

import requests
import urllib3

from facepoints import FacepointsError

SECONDS_WITHOUT_AN_ANSWER = 30
PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds; one attempt more than there are pauses
BUSY = (408, 425, 429)  # the only refusals that pass by themselves
UNSATISFIABLE = 416  # asked for bytes behind the end

T = TypeVar("T")


class LostError(Exception):
    """What went wrong may pass: a broken connection, a busy server."""


@contextmanager
def ask(
    session: requests.Session, url: str, headers: Mapping[str, str]
) -> Iterator[requests.Response]:
    """The answer (200, 206 or 416) to a GET, its body still to be read, byte for byte as it is stored.

    Raises:
        FacepointsError: the server refuses, or the address is none.
        LostError: no connection, or it broke, also while the body is read.
    """
    headers = {"Accept-Encoding": "identity", **headers}
    try:
        with session.get(
            url, headers=headers, stream=True, timeout=SECONDS_WITHOUT_AN_ANSWER
        ) as response:
            status = response.status_code
            told = f"{url}: cannot be fetched: {status} {response.reason}"
            if status >= 500 or status in BUSY:
                raise LostError(told)
            if status not in (200, 206, UNSATISFIABLE):
                raise FacepointsError(f"{told}.")
            yield response
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        if isinstance(error, ValueError | requests.TooManyRedirects):
            raise FacepointsError(f"{url}: cannot be fetched: {reason(error)}.") from error
        raise LostError(f"{url}: cannot be fetched: {reason(error)}") from error


def persist(attempt: Callable[[], T], progress: Callable[[], int], pauses: Sequence[float]) -> T:
    """What `attempt` gives; a lost one is tried again after each of the growing `pauses`.

    The pauses start anew whenever `progress` (bytes that are here) has grown beyond what it ever was: a
    large file may break more often than there are pauses.

    Raises:
        FacepointsError: lost once more after the last pause.
    """
    furthest, left = progress(), list(pauses)
    while True:
        try:
            return attempt()
        except LostError as lost:
            if progress() > furthest:
                furthest, left = progress(), list(pauses)
            if not left:
                raise FacepointsError(f"{lost} (tried {len(pauses) + 1} times).") from lost
            pause = left.pop(0)
            print(f"{lost}. Trying again in {pause:g} s.")
            time.sleep(pause)


def reason(error: BaseException) -> str:
    """What the innermost of the exceptions that requests and urllib3 wrap into each other says."""
    inner = [*error.args, getattr(error, "reason", None)]
    wrapped = next((cause for cause in inner if isinstance(cause, BaseException)), None)
    return str(error) if wrapped is None else reason(wrapped)


def validator(response: requests.Response) -> str | None:
    """What tells this version of a file from others: its strong ETag, else its time; None without."""
    tag = response.headers.get("ETag", "W/")
    return response.headers.get("Last-Modified") if tag.startswith("W/") else tag


def span(response: requests.Response) -> tuple[int, int] | None:
    """(first byte, bytes of the whole file) of a 206 answer; None of any other."""
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    first, _, total = rest.replace("-", "/").partition("/")
    total = total.rpartition("/")[2]
    if response.status_code != 206 or unit != "bytes" or not (first + total).isdecimal():
        return None
    return int(first), int(total)
