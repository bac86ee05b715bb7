"""docs/adaptation.md, replayed."""

import pytest

from tests.docs.replay import WIDTH, replay

# The drawn faces have labels too, and need nobody's copies.
TINY = {
    "'datasets=[synthetic,w300,muct]'": "'datasets=[synthetic]'",
    "'adapt_to=[w300,muct]'": "'adapt_to=[synthetic]'",
}


@pytest.mark.slow
def test_the_page_s_commands_run_and_show_the_rows(clone):
    told = replay("adaptation.md", clone, TINY)
    _, summary, verdict = told.values()
    name = "synthetic-mobilenet_v3_small-geometric-all-0"
    assert f"{name}+adapted" in summary
    assert max(map(len, summary.splitlines())) <= WIDTH
    assert f"{name}+adapted against {name}, NME" in verdict
    assert clone.params()["adapt_to"] == ["synthetic"]
