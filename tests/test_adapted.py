import pytest

from facepoints import FacepointsError
from facepoints.adapted import Adapted, parse, rows
from facepoints.cell import Cell

CELLS = [Cell("synthetic", "resnet18", "all", size, 3) for size in ("all", 100)]


@pytest.mark.parametrize("adapted", [True, False])
def test_every_row_has_a_name_that_parses(adapted):
    for row in rows(CELLS, adapted):
        assert parse(row.name) == row


def test_an_adapted_cell_stands_after_its_cell_and_is_another():
    first, second, *_ = rows(CELLS, adapted=True)
    assert second.name == f"{first.name}+adapted"
    assert second != first
    assert isinstance(second, Adapted)
    assert rows(CELLS, adapted=False) == CELLS


@pytest.mark.parametrize(
    "name", ["a-b-c-all-0+adapte", "a-b+adapted", "a-b-c-all-0+adapted+adapted"]
)
def test_what_names_nothing_is_refused(name):
    with pytest.raises(FacepointsError, match="names no cell"):
        parse(name)
