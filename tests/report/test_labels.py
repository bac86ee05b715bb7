from facepoints.adapted import rows
from facepoints.cell import Cell
from facepoints.report.labels import common, looks


def test_labels_say_what_differs_and_the_rest_is_common() -> None:
    cells = [Cell("muct", "resnet50", a, s, 0) for a in ("none", "all") for s in (1000, 10000)]
    assert [look.label for look in looks(cells).values()] == [
        "none · 1,000 faces",
        "none · 10,000 faces",
        "all · 1,000 faces",
        "all · 10,000 faces",
    ]
    assert common(cells) == "muct · resnet50 · seed 0"


def test_a_single_cell_is_labelled_by_model_and_augmentation() -> None:
    cell = Cell("muct", "resnet50", "none", "all", 0)
    assert looks([cell])[cell].label == "resnet50 · none"


def test_thirty_two_cells_look_different() -> None:
    cells = [Cell("muct", "resnet50", "none", "all", seed) for seed in range(32)]
    assert len({(look.colour, look.dash) for look in looks(cells).values()}) == 32


def test_an_adapted_cell_is_labelled_so() -> None:
    cells = [Cell("muct", "resnet50", name, "all", 0) for name in ("none", "all")]
    found = [look.label for look in looks(rows(cells, adapted=True)).values()]
    assert found == ["none", "none · adapted", "all", "all · adapted"]
    (_, alone) = looks(rows(cells[:1], adapted=True)).values()
    assert alone.label == "resnet50 · none · adapted"
