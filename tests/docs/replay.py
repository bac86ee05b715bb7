"""The commands of a page of docs/, run in a clone in the order in which they stand.

Blocks marked `sh` run here, line by line. Blocks marked `bash` need what is not here, such as a cluster or a webcam:
they are only read by bash, and what they start is tested where each page's test says.
"""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.stages.conftest import Clone

ROOT = Path(__file__).parent.parent.parent
WIDTH = 120  # of a terminal, columns


def text(page: str) -> str:
    return (ROOT / "docs" / page).read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a language, also those inside a list."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text(page), re.DOTALL | re.MULTILINE)
    return [re.sub(f"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def commands(page: str, tiny: Mapping[str, str]) -> list[str]:
    """The lines of all `sh` blocks, with what is too large for a test exchanged.

    Args:
        tiny: what stands on the page → what runs in its place. What stands nowhere on the page is an error, or the page
            could change and its test go on with something else.
    """
    lines = "".join(blocks(page, "sh")).replace("\\\n", "")
    for written, run in tiny.items():
        assert written in lines, f"docs/{page} has no command with {written!r}"
        lines = lines.replace(written, run)
    return [line for line in lines.splitlines() if line.strip() and not line.startswith("#")]


def replay(page: str, clone: Clone, tiny: Mapping[str, str], **environment: str) -> dict[str, str]:
    """Run them, with these variables; the first that fails ends it. Returns command → what it printed."""
    found = commands(page, tiny)
    assert len(found) == len(set(found)) > 0
    for script in blocks(page, "bash"):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    run = {each: clone.run("bash", "-c", each, COLUMNS=str(WIDTH), **environment) for each in found}
    return {command: done.stdout for command, done in run.items()}
