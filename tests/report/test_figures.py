import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest

from facepoints.cell import Cell
from facepoints.report import canvas
from facepoints.report.curves import ced, learning_curves
from facepoints.report.face import landmarks
from facepoints.report.figures import write
from facepoints.report.grid import grid
from facepoints.report.intervals import nme
from facepoints.report.robustness import robustness
from facepoints.report.study import Study, best, comparisons, read

LEVEL = {"nme": 4.0, "nme_low": 3.0, "nme_high": 5.0, "failure_rate": 1.0, "auc": 0.5}
LEVEL |= {"failure_rate_8": 2.0, "auc_8": 0.4, "faces": 20, "groups": 20}


def test_the_same_study_gives_the_same_bytes_whatever_the_users_settings(
    study: Study, tmp_path: Path
) -> None:
    drawn = write(study, tmp_path / "one")
    with matplotlib.rc_context({"font.size": 17, "axes.grid": False, "svg.hashsalt": None}):
        write(study, tmp_path / "two")
    assert len(drawn) == 5
    for path, caption in drawn:
        content = path.read_bytes()
        assert caption
        assert content == (tmp_path / "two" / path.name).read_bytes()
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


def test_without_an_interval_there_is_still_a_dot(
    tree: Path, load: Callable[[Path], Study]
) -> None:
    for path in (tree / "results/evaluate").rglob("*.json"):
        content = json.loads(path.read_text())
        path.write_text(json.dumps(content | {"nme_low": None, "nme_high": None}))
    axis = nme(load(tree)).axes[0]
    dots = [line for line in axis.lines if line.get_marker() == "o"]
    assert len(dots) == 4


def test_circles_are_the_errors_to_scale(study: Study) -> None:
    """An error of 1 % of a normaliser of 0.4 views is a radius of 0.004 views."""
    axis = landmarks(study).axes[0]
    leader = best(study, comparisons(study)[0])
    scores = study.scores("synthetic", leader)
    assert (axis.get_title(loc="left") or axis.get_title()).startswith("synthetic: ")
    (circles,) = axis.collections
    expected = [0.004 * scores.landmark.get(str(index), 0) for index in range(68)]
    boxes = [path.get_extents() for path in circles.get_paths()]
    assert [box.width / 2 for box in boxes] == pytest.approx(expected)
    labels = [text.get_text() for text in axis.texts]
    assert labels[0] == "67: 4.3 %"
    assert len(labels) == 3


def test_the_map_has_every_nme_in_its_place(study: Study) -> None:
    axis = grid(study).axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == [
        "mobilenet_v3_small",
        "resnet50",
    ]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["none", "geometric"]
    shown = {text.get_position(): text.get_text() for text in axis.texts}
    for cell in study.cells:
        place = (cell.augmentation == "geometric", cell.model == "resnet50")
        assert shown[place] == f"{study.scores('synthetic', cell).nme:.2f}"


def test_the_map_averages_seeds_and_leaves_gaps(
    tmp_path: Path, write_results: Callable[..., None]
) -> None:
    cells = [
        Cell("muct", "resnet18", "none", "all", 0),
        Cell("muct", "resnet18", "none", "all", 1),
        Cell("muct", "resnet50", "none", 100, 0),
    ]
    write_results(tmp_path, ["muct"], cells)
    found = read(tmp_path / "results", ["muct"], cells)
    axis = grid(found).axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["none, all", "none, 100"]
    shown = {text.get_position(): text.get_text() for text in axis.texts}
    mean = (found.scores("muct", cells[0]).nme + found.scores("muct", cells[1]).nme) / 2
    assert shown[0, 0] == f"{mean:.2f}"
    assert (shown[0, 1], shown[1, 0]) == ("–", "–")


def test_a_single_epoch_and_an_undefined_loss_are_drawable(
    tree: Path, load: Callable[[Path], Study]
) -> None:
    head = "epoch,learning_rate,train_loss,validation_loss,validation_nme\n"
    for path in (tree / "results/history").iterdir():
        path.write_text(head + "1,0.001,nan,0.1,5.0\n")
    axis = learning_curves(load(tree)).axes[1]
    assert {line.get_marker() for line in axis.lines} == {"o"}


def test_adapted_rows_are_drawn_beside_their_cells(adapted_study: Study, tmp_path: Path) -> None:
    assert len(write(adapted_study, tmp_path)) == 5
    assert [
        axis.get_title(loc="left") or axis.get_title() for axis in grid(adapted_study).axes
    ] == [
        "synthetic",
        "muct",
        "muct, adapted",
    ]
    curves = {place: axis.lines for place, axis in enumerate(ced(adapted_study).axes)}
    assert [len(curves[place]) for place in (0, 1)] == [4 + 1, 8 + 1]  # and the mean shape's rule
    trained = learning_curves(adapted_study).legends[0].get_texts()
    assert not any("adapted" in text.get_text() for text in trained)
    (names, _) = (
        [text.get_text() for text in axis.get_yticklabels()] for axis in nme(adapted_study).axes
    )
    assert sum("adapted" in name for name in names) == 4


def test_robustness_is_drawn_without_adapted_rows(tree: Path, adapted_study: Study) -> None:
    levels = [
        {**LEVEL, "kind": "clean", "strength": 0.0},
        {**LEVEL, "kind": "blur", "strength": 1.0},
    ]
    for cell in adapted_study.cells:
        path = tree / "results/evaluate/muct" / f"{cell.name}.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"robustness": levels}))
    found = read(tree / "results", ["muct"], adapted_study.cells, ["muct"])
    (axis,) = robustness(found).axes
    assert len(axis.lines) == len(adapted_study.cells)
