"""What a model started from, and under which terms that is."""

from collections.abc import Mapping
from typing import Any


def origins(start: Mapping[str, Any] | None) -> list[str]:
    """The kept weights that training started from, which carry terms of their own, and what those had started from.

    Args:
        start: their note, if there are any.
    """
    found = []
    while start:
        found.append(f"{start['cell']} (licence: {start['licence']})")
        start = start.get("starts_from")
    return found
