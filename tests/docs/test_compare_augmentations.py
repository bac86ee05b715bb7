"""docs/compare-augmentations.md, replayed."""

import pytest

from tests.docs.replay import WIDTH, replay

TINY = {
    "'seeds=[0,1,2]'": "'seeds=[0]'",
    "=0.0005,0.001,0.002": "=0.001,0.002",
}
TABLES = ("facepoints summary", "dvc exp show", "dvc metrics diff")


@pytest.mark.slow
def test_the_page_s_commands_run_and_fit_a_terminal(clone):
    told = replay("compare-augmentations.md", clone, TINY)
    tables = {line: out for line, out in told.items() if line.startswith(TABLES)}
    assert len(tables) == 5
    for command, out in tables.items():
        assert max(len(line.rstrip()) for line in out.splitlines()) <= WIDTH, command
        assert "…" not in out, command  # DVC cuts so what is too wide

    verdict, *_, last = (out for line, out in told.items() if "compare" in line)
    assert "no difference shown" in verdict
    assert "rate-2:synthetic-mobilenet_v3_small-all-all-0 against rate-1:" in last
    before, after = (out for line, out in tables.items() if "metrics diff" in line)
    assert "synthetic.mobilenet_v3_small-all " in before
    assert after.split("\n")[0].split() == ["Metric", "rate-1", "rate-2", "Change"]
    experiments, grid = (out for line, out in tables.items() if "exp show" in line)
    assert "['none', 'all']" in experiments and "[both]" in experiments
    (header,) = (line for line in grid.splitlines() if "Experiment" in line)
    columns = ["Experiment", "synthetic.mobilenet_v3_small-all", "train.learning_rate"]
    assert header.split() == columns
    assert all(name in grid for name in ("[both]", "[before]", "[rate-1]", "[rate-2]"))
    assert clone.params()["train"]["learning_rate"] == 0.002
    assert (clone.folder / "dvc_plots/index.html").is_file()
    assert (clone.folder / ".scratch/augment/all.png").is_file()
