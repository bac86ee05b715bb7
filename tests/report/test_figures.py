import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest

from facepoints.cell import Cell
from facepoints.report import canvas
from facepoints.report.curves import ced, learning_curves
from facepoints.report.figures import FIGURES, write
from facepoints.report.intervals import nme
from facepoints.report.study import Study, read


def test_the_same_study_gives_the_same_bytes_whatever_the_users_settings(
    study: Study, tmp_path: Path
) -> None:
    write(study, tmp_path / "one")
    with matplotlib.rc_context({"font.size": 17, "axes.grid": False, "svg.hashsalt": None}):
        write(study, tmp_path / "two")
    for name in FIGURES:
        content = (tmp_path / "one" / f"{name}.svg").read_bytes()
        assert content == (tmp_path / "two" / f"{name}.svg").read_bytes()
        assert ElementTree.fromstring(content).tag.endswith("svg")
        assert b"<dc:date" not in content


def test_the_style_is_put_back(study: Study, tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)
    write(study, tmp_path)
    assert dict(matplotlib.rcParams) == before


def test_learning_curves_draw_the_history_and_the_kept_epoch(study: Study) -> None:
    axis = learning_curves(study).axes[2]
    lines, dots = axis.lines[0::2], axis.lines[1::2]
    assert len(lines) == len(dots) == len(study.cells)
    for line, dot, cell in zip(lines, dots, study.cells, strict=True):
        trained = study.trained[cell]
        assert list(line.get_ydata()) == list(trained.history["validation_nme"])
        assert list(dot.get_xdata()) == [trained.training.best_epoch]


def test_the_ced_has_a_panel_per_data_set_and_a_line_per_cell(study: Study) -> None:
    axes = ced(study).axes
    assert [axis.get_title(loc="left") or axis.get_title() for axis in axes] == [
        "synthetic",
        "muct",
    ]
    curve = study.results["muct", study.cells[0]].ced
    assert list(axes[1].lines[0].get_ydata()) == list(curve["share"] * 100)
    assert axes[1].lines[-1].get_label() == canvas.RULE_LABEL


def test_nme_intervals_are_drawn_where_they_lie(study: Study) -> None:
    axis = nme(study).axes[1]
    for row, cell in enumerate(study.cells):
        scores = study.scores("muct", cell)
        bar = next(line for line in axis.lines if list(line.get_ydata()) == [row, row])
        assert list(bar.get_xdata()) == [scores.nme_low, scores.nme_high]
    rule = next(line for line in axis.lines if line.get_label() == canvas.RULE_LABEL)
    assert list(rule.get_xdata()) == [11.3456, 11.3456]


def test_each_train_set_s_mean_shape_has_a_rule_of_its_own(
    tmp_path: Path, write_results: Callable[..., None]
) -> None:
    cells = [Cell(name, "resnet18", "none", "all", 0) for name in ("muct", "w300")]
    write_results(tmp_path, ["muct"], cells)
    for figure in (ced, nme):
        drawn = figure(read(tmp_path / "results", ["muct"], cells))
        rules = [line for line in drawn.axes[0].lines if not line.get_label().startswith("_")]
        assert [rule.get_label() for rule in rules] == [
            f"{canvas.RULE_LABEL} of {name}" for name in ("muct", "w300")
        ]
        assert len({rule.get_linestyle() for rule in rules}) == 2
        legend = [text.get_text() for text in drawn.legends[0].get_texts()]
        assert legend[-2:] == [rule.get_label() for rule in rules]


@pytest.mark.parametrize("key", ["nme", "baseline_nme", "nme_low"])
def test_undefined_numbers_leave_drawable_figures(
    tree: Path, load: Callable[[Path], Study], key: str
) -> None:
    for path in (tree / "results/evaluate").rglob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {key: None}))
    write(load(tree), tree / "plots")
    assert (tree / "plots/nme.svg").stat().st_size > 0


def test_a_single_epoch_and_an_undefined_loss_are_drawable(
    tree: Path, load: Callable[[Path], Study]
) -> None:
    head = "epoch,learning_rate,train_loss,validation_loss,validation_nme\n"
    for path in (tree / "results/history").iterdir():
        path.write_text(head + "1,0.001,nan,0.1,5.0\n")
    axis = learning_curves(load(tree)).axes[1]
    assert {line.get_marker() for line in axis.lines} == {"o"}
