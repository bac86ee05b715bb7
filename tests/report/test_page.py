import base64
import json
import re
import statistics
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from facepoints.cell import Cell
from facepoints.evaluation.comparison import difference
from facepoints.report import figures, page
from facepoints.report.study import Study, best, comparisons, read

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
        drawn = figures.write(study, tmp_path / "plots")
        page.write(study, tmp_path / "report/index.html", drawn, hidden=[], publishable=True)
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
    # The worst faces of each set, a sheet per cell and set, a strip per augmentation; all figures but robustness.
    assert (len(jpegs), len(drawings)) == (2 + 8 + 2, 5)
    first = base64.b64decode(jpegs[2].split(",")[1])
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
    assert (found.details, found.open_details) == (2 + 8 + 2, 2 + 1)  # names, sheets and strips


def test_faces_that_may_not_be_passed_on_are_not_drawn(study: Study) -> None:
    text = page.render(study, [], hidden=["muct"], publishable=True)
    assert "Faces of muct are not drawn" in text
    assert "Do not publish" not in text
    jpegs = [image for image in parsed(text).images if image.startswith("data:image/jpeg")]
    assert len(jpegs) == 1 + 4 + 2  # of synthetic, which the models learned from
    kept = base64.b64encode(study.results["muct", study.cells[0]].sheet).decode()
    assert kept not in text
    text = page.render(study, [], hidden=["synthetic"], publishable=True)
    assert 'id="augmentation"' not in text


def test_the_page_says_whether_it_may_be_published(study: Study) -> None:
    text = page.render(study, [], hidden=[], publishable=False)
    assert "Do not publish this page" in text
    text = page.render(study, [], hidden=[], publishable=True)
    assert "Do not publish" not in text
    assert "which may be passed on" in text


def test_pictures_stop_before_the_page_is_too_large(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "MOST_BYTES", 1_150_000)
    text = page.render(study, [], hidden=[], publishable=True)
    assert len(text) < 1_150_000
    assert "data:image/jpeg" in text
    last = study.cells[-1].name
    assert f"<code>results/evaluate/muct/{last}.jpg</code>" in text


def test_models_are_marked_by_the_paired_difference(
    study: Study, draw: Callable[[Study], str]
) -> None:
    text = draw(study)
    for part in comparisons(study):
        leader = best(study, part)
        assert leader is not None
        for cell in part.cells:
            if cell == leader:
                continue
            first, second = (study.results[part.dataset, each].errors for each in (leader, cell))
            found = difference(first, second, page.RESAMPLES)
            told = {
                "worse": f"worse by {found.difference:.2f}, {found.low:.2f} – {found.high:.2f}",
                "no difference shown": "no difference shown",
            }[found.verdict]
            assert told in text


def test_over_seeds_there_are_mean_and_deviation(
    tmp_path: Path, write_results: Callable[[Path, list[str], list[Cell]], None],
    draw: Callable[[Study], str],
) -> None:  # fmt: skip
    cells = [Cell("synthetic", "resnet50", "none", "all", seed) for seed in range(3)]
    write_results(tmp_path, ["synthetic"], cells)
    study = read(tmp_path / "results", ["synthetic"], cells)
    nme = [study.scores("synthetic", cell).nme for cell in cells]
    assert (
        f"<td>3</td><td>{statistics.mean(nme):.2f}</td><td>{statistics.stdev(nme):.2f}</td>"
        in draw(study)
    )


def test_robustness_is_a_table_and_a_figure(
    tree: Path, load: Callable[[Path], Study], draw: Callable[[Study], str]
) -> None:
    assert "Robustness" not in draw(load(tree))
    for path in (tree / "results/evaluate/synthetic").glob("*.json"):
        content = json.loads(path.read_text())
        level = {key: content[key] for key in ("nme", "nme_low", "nme_high", "failure_rate")}
        level |= {"auc": 0.5, "failure_rate_8": 1.5, "auc_8": 0.4, "faces": 200, "groups": 200}
        rows = [("clean", 0.0), ("shift", 5.0), ("shift", 20.0)]
        content["robustness"] = [
            {**level, "kind": kind, "strength": strength, "nme": 4.25 + strength}
            for kind, strength in rows
        ]
        path.write_text(json.dumps(content))
    text = draw(load(tree))
    assert "<td>4.25</td><td>9.25</td><td>24.25</td>" in text
    assert "synthetic, 200 faces" in text
    drawings = [image for image in parsed(text).images if "svg+xml" in image]
    assert len(drawings) == 6


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


def test_undefined_numbers_are_dashes_or_words(
    tree: Path, load: Callable[[Path], Study], draw: Callable[[Study], str]
) -> None:
    undefined = {"nme_low": None, "nme_high": None, "nme_box": None}
    for path in (tree / "results/evaluate").rglob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | undefined))
    text = draw(load(tree))
    assert '<td class="interval">one group</td>' in text
    assert "<td>–</td>" in text
    assert "None" not in text


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


def test_adapted_rows_stand_beside_the_plain_ones(
    study: Study, adapted_study: Study, draw: Callable[[Study], str]
) -> None:
    plain, text = draw(study), draw(adapted_study)
    assert "adapted" not in plain.lower()
    said = "fitted to 1,234 training faces of muct; validation 6.54 → 4.32 %"
    assert text.count(said) == 4
    assert text.count("<dt>Adapted</dt>") == text.count("<dt>NME all</dt>") == 1
    assert "Below are 4 trained models" in text
    jpegs = [image for image in parsed(text).images if image.startswith("data:image/jpeg")]
    assert len(jpegs) == 2 + (4 + 8) + 2
    scores = text[text.index("<h3>muct</h3>") :]
    row = scores[scores.index(f'title="{study.cells[0].name}+adapted"') :].split("</tr>")[0]
    assert "<td>3.21</td><td>–</td><td>–</td>" in row  # all points; no epoch, no last one
