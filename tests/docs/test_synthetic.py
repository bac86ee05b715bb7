"""docs/synthetic.md: its table, and its commands replayed."""

import re

import pytest

from facepoints.synthetic.facekit.settings import FACTORS, SCHEMES
from tests.docs.replay import replay, text

SMALL = " -S dataset.facekit.options.side=64"
TINY = {
    "show facekit\n": f"show facekit{SMALL}\n",
    "--faces 16": f"--faces 16{SMALL}",
    "--no-points": f"--no-points{SMALL}",
}


def test_the_page_names_every_factor_and_every_scheme():
    page = text("synthetic.md")
    assert tuple(re.findall(r"^\| `(\w+)` \| [^|]+ \|$", page, re.MULTILINE)) == FACTORS
    assert set(re.findall(r"^- `(\w+)`", page, re.MULTILINE)) == set(SCHEMES)


@pytest.mark.real
@pytest.mark.slow
def test_the_page_s_commands_run(clone, copies):
    told = replay("synthetic.md", clone, TINY, FACEPOINTS_DATA=str(copies))
    counts = [int(re.search(r": (\d+) faces of facekit", said)[1]) for said in told.values()]
    assert counts == [24, 16, 8 * len(FACTORS)]
    assert (clone.folder / ".scratch/synthetic/facekit.png").stat().st_size > 10_000
