import base64
import re
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest

from facepoints.inspection import page
from tests.inspection.conftest import name


class Parsed(HTMLParser):
    """Images and text of a page; open tags must close in order."""

    VOID = ("meta", "img", "br")

    def __init__(self, text):
        super().__init__()
        self.images, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.images.append(dict(attrs))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def inspection(faulty):
    return faulty.inspect()


@pytest.fixture
def written(faulty, inspection, tmp_path):
    path = tmp_path / "deep" / "own.html"
    page.write(inspection, faulty.open(), path)
    return path.read_text()


def test_the_page_is_whole_and_its_pictures_decode(written, inspection):
    parsed = Parsed(written)
    assert parsed.open == []
    shown = [f for section in inspection.sections for f in section.findings[: page.SHOWN]]
    assert len(parsed.images) == sum(len(finding.faces) for finding in shown)
    for image in parsed.images:
        data = base64.b64decode(image["src"].removeprefix("data:image/jpeg;base64,"))
        assert cv2.imdecode(np.frombuffer(data, np.uint8), 1).shape == (208, 208, 3)
    assert not re.findall(r"(?:src|href)=\"(?!data:|#)", written)


def test_the_page_tells_every_fault_by_name(written):
    text = "".join(Parsed(written).texts)
    for index in (0, 2, 3, 4, 5, 6, 7, 100):
        assert name(index) in text or f"{index:04}.jpg" in text
    assert "0001.pts" in text
    assert "The cache stage would stop at this set" in text


def test_markup_in_names_stays_text(clean):
    for old in (clean.photo(3), clean.photo(3).with_suffix(".pts")):
        old.rename(old.with_name(f"<b>&{old.suffix}"))
    path = clean.root.parent / "own.html"
    page.write(clean.inspect(), clean.open(), path)
    assert "photos/<b>&.jpg" not in path.read_text()


def test_long_lists_are_folded_and_cut(clean, monkeypatch):
    monkeypatch.setattr(page, "LISTED", 26)
    for index in range(28):
        points = clean.points(index)
        points[0, 0] = -3 - index / 4
        clean.write_points(index, points)
    path = clean.root.parent / "own.html"
    inspection = clean.inspect()
    page.write(inspection, clean.open(), path)
    text = path.read_text()
    assert "The first 26 of 28" in text
    assert text.count("<li>") == 26
    assert "and 23 more" in page.summary(inspection, 5)


def test_the_summary_has_a_line_per_kind_and_the_worst_names(inspection):
    lines = page.summary(inspection, 1).splitlines()
    assert lines[0] == "own: 31 faces in 29 groups, scheme ibug68, 68 points"
    assert lines[1].split() == ["Unreadable", "images", "1"]
    assert "Swapped left and right     2" in lines
    assert "    and 1 more" in lines
    assert f"    {name(5)} = {name(100)}: " in "\n".join(lines)


def test_the_summary_of_a_clean_set_is_short(clean):
    lines = page.summary(clean.inspect(), 5).splitlines()
    assert len(lines) == 7
    assert all(line.endswith("none") for line in lines[1:])
