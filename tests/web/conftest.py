"""The page of a model that was really trained, served as people serve it, in the system's Chromium."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import cv2
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from facepoints.inference.predictor import Predictor
from facepoints.web import site as pages
from tests import trained
from tests.layouts.drawn import Drawn

ROOT = Path(__file__).parent.parent.parent
FACEPOINTS = Path(sys.executable).with_name("facepoints")
KNOWN = (611, 603, 604, 607)  # drawn faces that the small model finds
SIDE = 256


def lacking(message: str) -> NoReturn:
    """End the test for want of something: a failure where CI promises that it is there."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def archive() -> Path:
    """onnxruntime-web as npm fetched it when this environment was installed."""
    path = ROOT / ".venv/onnxruntime-web.tgz"
    if not path.is_file():
        lacking(
            f"the web page was not tested: no {path.relative_to(ROOT)} here (install npm, then make test)"
        )
    return path


@pytest.fixture(scope="session")
def predictor(drawn_model: Path) -> Predictor:
    return Predictor(drawn_model)


@pytest.fixture(scope="session")
def faces() -> list[Drawn]:
    return [trained.face(index, SIDE) for index in KNOWN]


@pytest.fixture(scope="session")
def site(
    drawn_model: Path, archive: Path, faces: list[Drawn], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The page, with the faces beside it as face0.png …"""
    folder = tmp_path_factory.mktemp("host") / "site"
    pages.build(drawn_model, folder, archive)
    for index, face in enumerate(faces):
        face.save(folder / f"face{index}.png")
    return folder


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Where `facepoints web --serve` hands a page out, with the headers for threads."""
    command = [str(FACEPOINTS), "web", "--out", str(site), "--serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[0]
        server.terminate()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with served(site) as where:
        yield where


@pytest.fixture(scope="session")
def plain_address(site: Path) -> Iterator[str]:
    """Where a host without these headers hands it out, below a path."""
    command = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "0",
        "--bind",
        "127.0.0.1",
        "-d",
        str(site.parent),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split(" port ")[1].split()[0]
        yield f"http://127.0.0.1:{port}/site/"
        server.terminate()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


Launch = Callable[..., Browser]


@pytest.fixture(scope="session")
def launch(playwright: Playwright) -> Launch:
    """Starts the system's Chromium with further arguments."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        lacking("the web page was not tested: no Chromium here (apt-get install chromium)")
    # Chromium refuses its sandbox to root, which a container's user often is.
    return lambda *more: playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox", *more]
    )


@pytest.fixture(scope="session")
def browser(launch: Launch) -> Iterator[Browser]:
    """Without a camera."""
    started = launch()
    yield started
    started.close()


@pytest.fixture
def visit() -> Iterator[Callable[..., Page]]:
    """Opens the page in a browser until its model is ready; nothing may be asked of another host, nor complained of."""
    tabs: list[tuple[Page, str, list[str], list[str]]] = []

    def go(browser: Browser, address: str, query: str = "") -> Page:
        tab = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        asked: list[str] = []
        complaints: list[str] = []
        tab.context.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(address + query)
        tab.evaluate("window.facepoints.ready")
        tabs.append((tab, address, asked, complaints))
        return tab

    yield go
    for tab, address, asked, complaints in tabs:
        tab.context.close()
        assert complaints == []
        assert any(url.endswith("model.onnx") for url in asked)
        assert [url for url in asked if not url.startswith((address, "blob:", "data:"))] == []


@pytest.fixture
def page(visit: Callable[..., Page], browser: Browser, address: str) -> Page:
    """The page, ready."""
    return visit(browser, address)


def png(image: object) -> bytes:
    """An image (H, W, 3) RGB as a file."""
    return bytes(cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1])
