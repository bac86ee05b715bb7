import pytest

from facepoints import FacepointsError
from facepoints.parameters import Settings, read, value


class Part(Settings):
    count: int
    name: str


def test_a_value_is_found_by_its_dotted_key():
    assert value({"a": {"b": {"count": 1, "name": "x"}}}, "a.b", Part) == Part(count=1, name="x")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, r"params.yaml: key a.b is missing"),
        ({"a": {"c": 1}}, r"key a.b is missing \(there are: c\)"),
        ({"a": {"b": {"count": 1}}}, r"key a.b.name is missing"),
        ({"a": {"b": {"count": "1", "name": "x"}}}, r"a.b.count: .*integer; found '1'"),
        (
            {"a": {"b": {"count": 1, "name": "x", "nmae": 2}}},
            r"unknown key a.b.nmae \(allowed there: count, name\)",
        ),
    ],
)
def test_wrong_parameters_are_named(content, message):
    with pytest.raises(FacepointsError, match=message):
        value(content, "a.b", Part)


@pytest.mark.parametrize("text", ["1e-05", "1e-3", "2.5E+3", "-1e2", "0.001"])
def test_numbers_are_read_as_dvc_writes_them(tmp_path, text):
    (tmp_path / "params.yaml").write_text(f"rate: {text}\n")
    assert value(read(tmp_path / "params.yaml"), "rate", float) == float(text)


@pytest.mark.parametrize(
    ("text", "message"), [("a: [", "no valid YAML"), ("- 1", "expected keys and values")]
)
def test_a_file_that_is_no_mapping_is_named(tmp_path, text, message):
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(FacepointsError, match=message):
        read(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FacepointsError, match="Run from the project's root"):
        read(tmp_path / "params.yaml")
