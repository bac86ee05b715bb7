import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from facepoints import FacepointsError
from facepoints.adapted import Adapted
from facepoints.cell import Cell
from facepoints.report.study import Study, baselines, best, comparisons, mean_shape, read

NONE = Cell("synthetic", "resnet50", "none", "all", 0)


def change(tree: Path, dataset: str, cell: Cell, **values: object) -> None:
    """Replace keys of one measurement."""
    path = tree / "results/evaluate" / dataset / f"{cell.name}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_cells_that_were_measured_alike_are_one_comparison_per_data_set(study: Study) -> None:
    found = comparisons(study)
    assert [part.title for part in found] == ["synthetic", "muct"]
    assert all(part.cells == study.cells for part in found)


@pytest.mark.parametrize("key", ["faces_sha256", "points", "normaliser", "box"])
def test_cells_that_were_measured_differently_are_parted(
    tree: Path, load: Callable[[Path], Study], key: str
) -> None:
    change(tree, "muct", NONE, **{key: "shared 6: other"})
    found = [part for part in comparisons(load(tree)) if part.dataset == "muct"]
    assert [part.cells for part in found][1] == (NONE,)
    assert NONE not in found[0].cells
    assert found[0].title != found[1].title


def test_the_mean_shape_of_the_largest_train_size_speaks_for_all(
    tree: Path, load: Callable[[Path], Study]
) -> None:
    study = load(tree)
    few = dataclasses.replace(study.cells[0], size=10)
    scores = study.results["muct", study.cells[0]]
    small = dataclasses.replace(
        scores, scores=scores.scores.model_copy(update={"baseline_nme": 99.0})
    )
    more = dataclasses.replace(
        study,
        cells=(few, *study.cells),
        results={**study.results, ("muct", few): small},
    )
    assert mean_shape(more, "muct", few.train_on).baseline_nme != 99.0


def test_the_best_cell_beats_the_mean_shape(tree: Path, load: Callable[[Path], Study]) -> None:
    study = load(tree)
    for part in comparisons(study):
        expected = min(part.cells, key=lambda cell: study.scores(part.dataset, cell).nme)
        assert best(study, part) == expected
        assert baselines(study, part) == [("synthetic", 11.3456)]
    for cell in study.cells:
        change(tree, "muct", cell, baseline_nme=0.5)
    study = load(tree)
    assert best(study, comparisons(study)[1]) is None


def test_an_empty_selection_is_told(tree: Path) -> None:
    with pytest.raises(FacepointsError, match="nothing is selected"):
        read(tree / "results", [], [NONE])


def test_adapted_rows_stand_beside_their_cells_on_their_data_set_only(
    study: Study, adapted_study: Study
) -> None:
    assert adapted_study.cells == study.cells
    names = [row.name for row in adapted_study.rows]
    assert names[:2] == [study.cells[0].name, f"{study.cells[0].name}+adapted"]
    assert len(names) == 8
    assert adapted_study.measured("synthetic") == list(study.cells)
    assert adapted_study.measured("muct") == adapted_study.rows
    plain, muct = comparisons(adapted_study)
    assert (plain.cells, muct.cells) == (study.cells, tuple(adapted_study.rows))
    assert isinstance(best(adapted_study, muct), Adapted)
    assert baselines(adapted_study, muct) == baselines(study, comparisons(study)[1])
