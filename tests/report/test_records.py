import json
from pathlib import Path

import pytest

from facepoints import FacepointsError
from facepoints.report.records import Export, Measurement, picture, record, series

NAME = "synthetic-resnet50-none-all-0"


def test_a_measurement_reads_back_as_written(tree: Path) -> None:
    path = tree / "results/evaluate/muct" / f"{NAME}.json"
    written = json.loads(path.read_text())
    found = record(path, Measurement)
    assert found.model_dump(exclude_unset=True) == written
    assert list(found.subset) == ["camera_a", "camera_d", "camera_e"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nme": "4.1"}, "nme: Input should be a valid number"),
        ({"nme": float("nan")}, "nme: Input should be a finite number"),
        ({"test": "train"}, "test: Input should be 'official', 'hash' or 'all'"),
        ({"subset": {"a": {}}}, "subset.a.nme: Field required"),
    ],
)
def test_a_wrong_value_is_told_with_file_and_key(
    tree: Path, change: dict[str, object], said: str
) -> None:
    path = tree / "results/evaluate/muct" / f"{NAME}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(FacepointsError) as caught:
        record(path, Measurement)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_an_interval_of_one_group_may_be_null(tree: Path) -> None:
    path = tree / "results/evaluate/muct" / f"{NAME}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"nme_low": None}))
    assert record(path, Measurement).nme_low is None


@pytest.mark.parametrize("content", ["", "{", "[]", "\x80"])
def test_what_is_no_such_json_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cell.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(FacepointsError, match=r"cell\.json"):
        record(path, Export)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no valid CSV"),
        ("error\n1\n", "missing: share"),
        ("error,share\n", "no rows"),
        ("error,share\n1,much\n", "other text in share"),
    ],
)
def test_what_is_no_such_csv_is_told(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "cell.csv"
    path.write_text(content)
    with pytest.raises(FacepointsError) as caught:
        series(path, ("error", "share"))
    assert said in str(caught.value)
    assert "cell.csv" in str(caught.value)


def test_a_sheet_that_is_no_jpeg_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cell.jpg"
    path.write_bytes(b"\x89PNG")
    with pytest.raises(FacepointsError, match=r"cell\.jpg: expected a JPEG"):
        picture(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FacepointsError, match=r"cell\.jpg: cannot be read \(No such file"):
        picture(tmp_path / "cell.jpg")
