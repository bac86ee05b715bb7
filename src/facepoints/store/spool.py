"""Encoded crops outside of the process's memory."""

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, overload

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Spool(Sequence[bytes]):
    """N byte strings in a file without a name, in the folder for temporary files (TMPDIR).

    It is gone with the process. However many there are, they take no memory but what the system has to spare for
    files. Threads, and processes forked from this one, may read at the same time.

    Attributes:
        start: (N,) where each begins in the file.
        size: (N,) bytes.
    """

    file: IO[bytes]
    start: NDArray[np.int64]
    size: NDArray[np.int64]

    @classmethod
    def of(cls, items: Iterable[bytes]) -> "Spool":
        """These, written one after the other."""
        file = tempfile.TemporaryFile()  # noqa: SIM115  (it closes when nothing refers to it)
        size = np.array([file.write(item) for item in items], dtype=np.int64)
        file.flush()
        return cls(file, size.cumsum() - size, size)

    def __len__(self) -> int:
        return len(self.size)

    @overload
    def __getitem__(self, index: int) -> bytes: ...

    @overload
    def __getitem__(self, index: slice) -> "Spool": ...

    def __getitem__(self, index: int | slice) -> "bytes | Spool":
        if isinstance(index, slice):
            return Spool(self.file, self.start[index], self.size[index])
        return os.pread(self.file.fileno(), int(self.size[index]), int(self.start[index]))

    def take(self, index: NDArray[np.int64]) -> "Spool":
        """Some of them, in this order, from the same file."""
        return Spool(self.file, self.start[index], self.size[index])

    def __reduce__(self) -> tuple[Callable[..., "Spool"], tuple[list[bytes]]]:
        """For another process, which has a file of its own."""
        return Spool.of, (list(self),)
