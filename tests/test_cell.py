from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FacepointsError
from facepoints.cell import Cell

words = st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True)
sizes = st.one_of(st.just("all"), st.integers(min_value=1))
cells = st.builds(Cell, words, words, words, sizes, st.integers(min_value=0))


@given(cells)
def test_a_name_parses_back_to_its_cell(cell: Cell) -> None:
    assert Cell.parse(cell.name) == cell


@given(cells, cells)
def test_different_cells_have_different_names(one: Cell, other: Cell) -> None:
    assert (one == other) == (one.name == other.name)


def test_the_name_is_the_one_that_dvc_writes() -> None:
    assert Cell("muct", "resnet50", "all", 1000, 0).name == "muct-resnet50-all-1000-0"
    assert Cell.parse("muct-resnet50-none-all-3") == Cell("muct", "resnet50", "none", "all", 3)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("muct-resnet50-none-all", "5 fields, found 4"),
        ("muct-resnet50-none-all-0-1", "5 fields, found 6"),
        ("muct-resnet50-none-some-0", "size, found 'some'"),
        ("muct-resnet50-none-0-0", "size, found '0'"),
        ("muct-resnet50-none-01-0", "size, found '01'"),
        ("muct-resnet50-none-all-x", "seed, found 'x'"),
        ("muct-resnet50-none-all-00", "seed, found '00'"),
        ("muct-ResNet50-none-all-0", "'ResNet50' cannot be the model"),
        ("-resnet50-none-all-0", "'' cannot be the train_on"),
        ("../x-resnet50-none-all-0", "train_on"),
    ],
)
def test_other_names_are_refused(name: str, said: str) -> None:
    with pytest.raises(FacepointsError) as caught:
        Cell.parse(name)
    assert said in str(caught.value)


@pytest.mark.parametrize("wrong", [{"size": 0}, {"seed": -1}, {"model": "a-b"}])
def test_no_cell_without_a_name_can_be_made(wrong: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"train_on": "muct", "model": "m", "augmentation": "none"}
    with pytest.raises(FacepointsError):
        Cell(**(fields | {"size": "all", "seed": 0} | wrong))
