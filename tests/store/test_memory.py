import subprocess
import sys

COUNT = """
import resource, numpy as np
from facepoints.store.memory import keep_freed_memory
if {keep}:
    keep_freed_memory()
for _ in range(50):
    photos = [np.ones(3_000_000, np.uint8) for _ in range(3)]
    del photos
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


def faults(keep: bool) -> int:
    """Pages that a process fetched which uses the memory of photos again and again."""
    done = subprocess.run(
        [sys.executable, "-c", COUNT.format(keep=keep)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_memory_that_is_kept_is_not_fetched_again():
    assert faults(keep=True) < faults(keep=False) - 10_000
