"""How a process gives memory back."""

import ctypes
import platform

import pyarrow as pa

# Of glibc's malloc.h, and in bytes: larger than a decoded photo of 30 million pixels.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT = 100_000_000
MOST_MAPPED = 1 << 25  # what older versions take at most


def keep_freed_memory() -> None:
    """Photos of a few MB reuse the memory of the last ones, instead of fetching fresh pages for each.

    With glibc's own thresholds the pages of each photo go back to the system, and fetching them again takes a quarter
    of the time of cutting crops. Other C libraries are left as they are.
    """
    if platform.libc_ver()[0] == "glibc":
        pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own gives memory back too
        libc = ctypes.CDLL(None)
        if not libc.mallopt(M_MMAP_THRESHOLD, KEPT):
            libc.mallopt(M_MMAP_THRESHOLD, MOST_MAPPED)
        libc.mallopt(M_TRIM_THRESHOLD, KEPT)
