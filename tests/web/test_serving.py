"""The headers, the types and the threads."""

import signal
import subprocess
import urllib.request

import pytest

from tests.web.conftest import FACEPOINTS

STARTED = "window.facepoints.ready"


def threads_at_work(page) -> int:
    """The worker that runs the model, and those that WebAssembly started beside it."""
    return sum(
        "worker.mjs" in each.url or "ort-wasm-simd-threaded" in each.url for each in page.workers
    )


def test_served_by_facepoints_webassembly_uses_threads(visit, browser, address):
    page = visit(browser, address, "?threads=2")
    assert page.evaluate("crossOriginIsolated")
    assert page.evaluate(STARTED) == {"backend": "wasm", "threads": 2}
    assert threads_at_work(page) == 2
    assert "WebAssembly, 2 threads" in page.locator("#about").inner_text()


def test_elsewhere_and_below_a_path_it_runs_on_one(visit, browser, plain_address):
    page = visit(browser, plain_address, "?threads=2")
    assert not page.evaluate("crossOriginIsolated")
    assert page.evaluate(STARTED) == {"backend": "wasm", "threads": 1}
    assert threads_at_work(page) == 1
    assert "WebAssembly, 1 thread." in page.locator("#about").inner_text()
    assert len(page.evaluate("window.facepoints.predict('face0.png')")["faces"]) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "text/html"),
        ("app.mjs", "text/javascript"),
        ("ort/ort-wasm-simd-threaded.wasm", "application/wasm"),
        ("model.onnx", "application/octet-stream"),
    ],
)
def test_files_come_with_type_and_isolation(address, name, kind):
    with urllib.request.urlopen(address + name) as answer:
        assert answer.headers.get_content_type() == kind
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


@pytest.mark.usefixtures("heard_ctrl_c")
def test_it_listens_on_this_machine_alone_until_ctrl_c(site):
    command = [str(FACEPOINTS), "web", "--out", str(site), "--serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline()
        assert address.startswith("http://127.0.0.1:")
        port = address.split(":")[2].split("/")[0]
        again = subprocess.run([*command[:-1], port], capture_output=True, text=True, check=False)
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=20)
    assert (server.returncode, out, err) == (0, "", "")
    assert again.returncode == 1
    assert again.stderr.startswith(f"error: --port {port}: ")
