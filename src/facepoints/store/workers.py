"""Work on many faces by one process per core."""

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import cv2

from facepoints import cores
from facepoints.store.memory import keep_freed_memory

TASKS_AHEAD = 4  # per process: what is finished early and waits in memory is bounded

Result = TypeVar("Result")
Work = Callable[[range], Result]


def in_order(
    start: Callable[..., Work[Result]],
    arguments: tuple[Any, ...],
    count: int,
    per_task: int,
    processes: int | None = None,
) -> Iterator[Result]:
    """What the work makes of the indices 0 to `count` - 1, `per_task` of them at a time, in their order.

    Args:
        start: called with `arguments` in each process, gives what does the work.
        processes: worker processes; the cores that this process may use when None.
    """
    tasks = [range(first, min(first + per_task, count)) for first in range(0, count, per_task)]
    processes = min(processes or cores(), len(tasks))
    with _one_opencv_thread():
        if processes <= 1:
            yield from map(start(*arguments), tasks)
            return
        with ProcessPoolExecutor(
            processes,
            mp_context=multiprocessing.get_context(),
            initializer=_start,
            initargs=(start, arguments),
        ) as pool:
            waiting: deque[Future[Result]] = deque()
            try:
                for task in tasks:
                    waiting.append(pool.submit(_do, task))
                    if len(waiting) > TASKS_AHEAD * processes:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


@contextmanager
def _one_opencv_thread() -> Iterator[None]:
    """The processes are the parallelism; a forked one that inherits dead threads waits for them forever."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


_work: Work[Any]


def _start(start: Callable[..., Work[Any]], arguments: tuple[Any, ...]) -> None:
    global _work
    # Else the garbage collector walks all that the main process held, labels too, and so copies it per worker.
    gc.freeze()
    # Ctrl-C reaches all processes; the main one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    keep_freed_memory()
    _work = start(*arguments)


def _do(task: range) -> Any:
    return _work(task)
