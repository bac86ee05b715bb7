"""The report as a person meets it: in a real Chromium, light and dark, on a desktop and a phone."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from facepoints.report import figures, page
from facepoints.report.study import Study

PHONE = {"width": 390, "height": 844}

# Every piece of text with its contrast to what is behind it (WCAG 2.2, 1.4.3), where that is too low.
FAINT_TEXT = """
() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(at).backgroundColor);
      if (a === 1) return [r, g, b];
      if (a > 0) throw new Error("a half transparent ground");
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const style = getComputedStyle(element);
    if (!walker.currentNode.textContent.trim() || element.closest("script, style") || !element.getClientRects().length)
      continue;
    seen += 1;
    const [a, b] = [light(channels(style.color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (contrast < (large ? 3 : 4.5)) found.push([element.textContent.trim().slice(0, 40), contrast.toFixed(2)]);
  }
  return {seen, found};
}
"""

# What sticks out of the page at the right, but for what scrolls by itself.
OVERFLOWING = """
() => [...document.body.querySelectorAll("*")]
  .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter((each) => {
    for (let at = each.parentElement; at; at = at.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) return false;
    return true;
  })
  .map((each) => each.tagName + "." + each.className)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        message = (
            "the report was not looked at in a browser: no Chromium here (apt-get install chromium)"
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, which a container's user often is.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def report(tree: Path, load: Callable[[Path], Study]) -> Path:
    """A page with every part that there is."""
    for path in (tree / "results/evaluate").rglob("*.json"):
        content = json.loads(path.read_text())
        keys = ("nme", "nme_low", "nme_high", "failure_rate", "auc", "groups")
        keys += ("failure_rate_8", "auc_8")
        level = {key: content[key] for key in keys} | {"faces": 200}
        kinds = [("clean", 0.0), *((kind, float(s)) for kind in ("shift", "blur") for s in (5, 20))]
        content["robustness"] = [{**level, "kind": kind, "strength": s} for kind, s in kinds]
        path.write_text(json.dumps(content))
    study = load(tree)
    drawn = figures.write(study, tree / "plots")
    page.write(study, tree / "report/index.html", drawn, hidden=[], publishable=False)
    return tree / "report/index.html"


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Page]:
    """The page, and whatever it complains of in `page.complaints`."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("requestfailed", lambda request: complaints.append(request.url[:80]))
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url.split(":")[0]))
    tab.goto(report.as_uri())
    yield tab
    assert complaints == []
    assert set(asked) <= {"file", "data"}
    context.close()


def test_every_image_loads(opened: Page) -> None:
    opened.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    sizes = opened.evaluate(
        "Promise.all([...document.images].map((i) => i.decode().then(() => i.naturalWidth)))"
    )
    assert len(sizes) == 2 + 8 + 2 + 6
    assert min(sizes) > 100


@pytest.mark.parametrize(("column", "number"), [(1, True), (3, True), (0, False)])
def test_a_table_sorts_on_click(opened: Page, column: int, number: bool) -> None:
    table = opened.locator("#scores table.sortable").first
    kind = "number" if number else "text"

    def values() -> list[object]:
        cells = table.locator(f"tbody tr > :nth-child({column + 1})")
        shown = cells.evaluate_all(
            "cells => cells.map((c) => c.dataset.value ?? c.textContent.trim())"
        )
        if not number:
            return shown
        return [float(text) for text in shown if text != "–"]

    heading = table.locator("thead th").nth(column)
    assert heading.get_attribute("data-kind") == kind
    before = values()
    heading.get_by_role("button").click()
    assert values() == sorted(before)
    assert heading.get_attribute("aria-sort") == "ascending"
    heading.get_by_role("button").press("Enter")
    assert values() == sorted(before, reverse=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_both_themes(opened: Page, scheme: str) -> None:
    opened.emulate_media(color_scheme=scheme)
    ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    opened.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    measured = opened.evaluate(FAINT_TEXT)
    assert measured["seen"] > 300
    assert measured["found"] == []


def test_nothing_sticks_out_on_a_phone(opened: Page) -> None:
    opened.set_viewport_size(PHONE)
    opened.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert opened.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert opened.evaluate(OVERFLOWING) == []
