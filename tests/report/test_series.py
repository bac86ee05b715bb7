import csv
import json
from pathlib import Path

import pytest
from dvc_render.vega import VegaRenderer

from facepoints.report import series
from facepoints.report.study import Study

TEMPLATES = Path(__file__).parents[2] / ".dvc/plots"


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file as DVC reads it."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_curves_are_long_tables(study: Study, tmp_path: Path) -> None:
    series.write(study, tmp_path)
    ced, learning = rows(tmp_path / "ced.csv"), rows(tmp_path / "learning.csv")
    assert list(ced[0]) == ["dataset", "cell", "error", "share"]
    assert len(ced) == 2 * 4 * 201
    assert list(learning[0])[:3] == ["cell", "epoch", "learning_rate"]
    assert len(learning) == 4 * 12
    landmarks = rows(tmp_path / "landmarks.csv")
    assert len(landmarks) == 2 * 4 * 67
    first = [(row["landmark"], row["error"]) for row in landmarks[:2]]
    assert first == [("1", "1.05"), ("2", "1.1")]
    cell = study.cells[3]
    found = [float(row["share"]) for row in ced if row["cell"] == cell.name][:201]
    assert found == pytest.approx(list(study.results["synthetic", cell].ced["share"]))


def test_the_templates_name_columns_that_exist(study: Study, tmp_path: Path) -> None:
    series.write(study, tmp_path)
    for name in ("ced", "learning", "landmarks"):
        template = json.loads((TEMPLATES / f"{name}.json").read_text())
        columns = set(rows(tmp_path / f"{name}.csv")[0]) | {"rev"}
        assert set(template["data"]["format"]["parse"]) <= columns
        named = {field for field in fields(template) if not field.startswith("<DVC_METRIC_")}
        assert named <= columns


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("ced", "error", "share"),
        ("learning", "epoch", "validation_nme"),
        ("landmarks", "landmark", "error"),
    ],
)
def test_dvc_fills_every_anchor_of_the_templates(
    study: Study, tmp_path: Path, name: str, x: str, y: str
) -> None:
    series.write(study, tmp_path)
    points = [
        row | {"rev": revision, "filename": f"{name}.csv", "field": y}
        for revision in ("workspace", "HEAD")
        for row in rows(tmp_path / f"{name}.csv")
    ]
    renderer = VegaRenderer(
        points, name, x=x, y=y, title="t", template=name, template_dir=str(TEMPLATES)
    )
    text = json.dumps(renderer.get_filled_template())
    assert "<DVC_METRIC_" not in text
    assert text.count('"rev": "HEAD"') == len(points) // 2


def fields(node: object) -> list[str]:
    """Every "field" in a Vega-Lite specification."""
    if isinstance(node, list):
        return [field for part in node for field in fields(part)]
    if not isinstance(node, dict):
        return []
    own = [node["field"]] if "field" in node else []
    return own + [field for part in node.values() for field in fields(part)]
