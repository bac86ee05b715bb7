import base64
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.report import figures, page
from facepoints.report.study import Study

LOADING = {"src", "srcset", "href", "poster", "data", "action", "background", "xlink:href"}


class Reader(HTMLParser):
    """Collects what a page loads, its text, and its best rows."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.images: list[str] = []
        self.marked = 0
        self.open_details = 0
        self.details = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.loaded += [values[name] for name in values if name in LOADING]
        if tag == "img":
            self.images.append(values["src"])
        self.marked += tag == "tr" and values.get("class") == "best"
        self.details += tag == "details"
        self.open_details += tag == "details" and "open" in values


@pytest.fixture
def draw(tmp_path: Path) -> Callable[[Study], str]:
    """Renders the page of a study."""

    def render(study: Study) -> str:
        figures.write(study, tmp_path / "plots")
        page.write(study, tmp_path / "report/index.html", tmp_path / "plots", redistribute=False)
        return (tmp_path / "report/index.html").read_text(encoding="utf-8")

    return render


def parsed(text: str) -> Reader:
    """The page, read."""
    reader = Reader()
    reader.feed(text)
    return reader


def test_the_same_study_gives_the_same_bytes(study: Study, draw: Callable[[Study], str]) -> None:
    assert draw(study) == draw(study)


def test_nothing_is_loaded_from_elsewhere(study: Study, draw: Callable[[Study], str]) -> None:
    text = draw(study)
    found = parsed(text)
    assert found.loaded
    assert all(target.startswith(("data:image/", "#")) for target in found.loaded)
    assert "http://" not in text
    assert "https://" not in text
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest", text)


def test_every_figure_and_sheet_is_embedded_whole(
    study: Study, draw: Callable[[Study], str]
) -> None:
    images = parsed(draw(study)).images
    jpegs = [image for image in images if image.startswith("data:image/jpeg;base64,")]
    drawings = [image for image in images if image.startswith("data:image/svg+xml;base64,")]
    assert (len(jpegs), len(drawings)) == (
        8 + 2,
        3,
    )  # a sheet per cell and set, a strip per augmentation
    first = base64.b64decode(jpegs[0].split(",")[1])
    assert first == study.results["synthetic", study.cells[0]].sheet
    assert cv2.imdecode(np.frombuffer(first, np.uint8), cv2.IMREAD_COLOR).shape == (672, 896, 3)


def test_the_lowest_nme_of_each_data_set_is_marked(
    study: Study, draw: Callable[[Study], str]
) -> None:
    text = draw(study)
    assert parsed(text).marked == 2
    rows = re.findall(r'<tr class="best">.*?title="([^"]+)".*?</tr>', text, re.S)
    best = [
        min(study.cells, key=lambda cell: study.scores(dataset, cell).nme or 0).name
        for dataset in study.datasets
    ]
    assert rows == best


def test_only_the_first_sheet_of_a_data_set_is_open(
    study: Study, draw: Callable[[Study], str]
) -> None:
    found = parsed(draw(study))
    assert (found.details, found.open_details) == (8 + 2, 2 + 1)  # sheets and strips


def test_the_page_says_whether_it_may_be_published(study: Study, tmp_path: Path) -> None:
    figures.write(study, tmp_path)
    assert "Do not publish this page" in page.render(study, tmp_path, redistribute=False)
    assert "Do not publish" not in page.render(study, tmp_path, redistribute=True)


def test_different_versions_are_warned_of(
    tree: Path, load: Callable[[Path], Study], draw: Callable[[Study], str]
) -> None:
    assert "Trained with different versions" not in draw(load(tree))
    path = tree / "results/training/synthetic-resnet50-none-all-0.json"
    content = json.loads(path.read_text())
    content["versions"]["torch"] = "2.13.0"
    path.write_text(json.dumps(content))
    text = draw(load(tree))
    assert "Trained with different versions of torch" in text
    assert "2.13.0 (synthetic-resnet50-none-all-0)" in text
    assert "different versions of numpy" not in text


def test_text_from_files_cannot_become_markup(
    tree: Path, load: Callable[[Path], Study], draw: Callable[[Study], str]
) -> None:
    for path in (tree / "results/evaluate/muct").glob("*.json"):
        content = json.loads(path.read_text())
        path.write_text(json.dumps(content | {"box": "<script>alert(1)</script>"}))
    text = draw(load(tree))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("key", ["nme", "nme_low", "auc", "baseline_nme"])
def test_undefined_numbers_are_dashes(
    tree: Path, load: Callable[[Path], Study], draw: Callable[[Study], str], key: str
) -> None:
    for path in (tree / "results/evaluate").rglob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {key: None}))
    text = draw(load(tree))
    assert "–" in text
    assert "None" not in text


def test_a_missing_figure_is_told(study: Study, tmp_path: Path) -> None:
    with pytest.raises(FacepointsError, match=r"nme\.svg: cannot be read"):
        page.render(study, tmp_path, redistribute=True)


def test_a_model_no_better_than_the_mean_shape_is_not_called_best(
    tree: Path, load: Callable[[Path], Study], draw: Callable[[Study], str]
) -> None:
    for path in (tree / "results/evaluate/muct").glob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"baseline_nme": 0.5}))
    text = draw(load(tree))
    assert parsed(text).marked == 1  # on synthetic
    assert "Best on synthetic" in text
    assert "Best on muct" not in text
    assert text.count("No model is better than the mean shape") == 1


def test_a_score_across_schemes_says_so(study: Study, draw: Callable[[Study], str]) -> None:
    text = draw(study)
    assert text.count("scheme ibug68 → muct76 · convention contour") == 4
    assert "scheme ibug68 ·" not in text


def test_inner_points_have_a_column_where_they_are_known(
    tree: Path, load: Callable[[Path], Study], draw: Callable[[Study], str]
) -> None:
    assert draw(load(tree)).count('title="of the 51 points') == 0
    path = tree / "results/evaluate/synthetic/synthetic-resnet50-none-all-0.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"nme_inner": 2.349}))
    text = draw(load(tree))
    assert text.count("of the 51 points") == 1
    assert "<td>2.35</td>" in text
