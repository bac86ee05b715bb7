"""Face landmarks: data, models and measurements as one reproducible pipeline."""

import os


class FacepointsError(Exception):
    """Bad input, told in one message: what was expected, what came, which file, what to do.

    Stages and commands print the message alone, without a stack trace, and exit with code 1.
    """


def cores() -> int:
    """How many CPU cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux, where a container may allow fewer than there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
