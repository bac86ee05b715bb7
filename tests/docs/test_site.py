"""`make docs` makes a site of all pages that asks no other host for anything."""

import os
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
# What a browser fetches by itself; an <a> it only follows.
FETCHED = {"src", "srcset", "poster", "data"}


class Fetched(HTMLParser):
    """The addresses of a page's scripts, styles, images and fonts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.styles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = FETCHED | ({"href"} if tag in ("link", "use", "image") else set())
        self.found += [value for name, value in attrs if name in names and value]
        self.styles += [value for name, value in attrs if name == "style" and value]

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            self.styles.append(data)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """What the target of the Makefile writes, in a copy with the environment of the tests."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("Makefile", "mkdocs.yml", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    (folder / ".venv").mkdir()
    (folder / ".venv/installed").touch()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["make", "docs"],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_there_and_fetches_nothing_from_elsewhere(site, page):
    fetched = Fetched()
    fetched.feed((site / f"{page}.html").read_text("utf-8"))
    assert any(address.endswith(".css") for address in fetched.found)
    assert any(address.endswith(".js") for address in fetched.found)
    for address in fetched.found:
        parts = urlsplit(address)
        if parts.scheme == "data":
            continue
        assert not parts.scheme and not parts.netloc, address
        assert (site / parts.path).is_file(), address
    assert not any("//" in style for style in fetched.styles)


def test_its_styles_fetch_nothing_from_elsewhere(site):
    styles = list(site.rglob("*.css"))
    assert styles
    for path in styles:
        text = path.read_text("utf-8")
        assert "@import" not in text
        for address in text.split("url(")[1:]:
            assert not address.lstrip("'\"").startswith(("http", "//")), f"{path}: {address[:60]}"


def test_the_front_page_leads_to_all_others(site):
    front = (site / "index.html").read_text("utf-8")
    assert len(PAGES) > 5
    assert all(f'href="{page}.html"' in front for page in PAGES if page != "index")


def test_git_leaves_it_alone():
    done = subprocess.run(["git", "check-ignore", "-q", "site/"], cwd=ROOT, check=False)
    assert done.returncode == 0
