"""Where starting weights come from: torch's and Hugging Face's own loading code, against files and a local server."""

import http.server
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from facepoints import FacepointsError
from facepoints.models import backbones
from facepoints.models.start import start_weights

ROOT = Path(__file__).parent.parent.parent
COMMIT = "0" * 40
FETCH = (
    "import sys; from facepoints.models.start import start_weights; from safetensors.torch import save_file\n"
    "save_file(start_weights('timm:resnet18', 'imagenet', 'mine'), sys.argv[1])"
)


def test_scratch_starts_from_nothing():
    assert start_weights("resnet18", "none", "mine") == {}


def test_weights_that_cannot_be_fetched_say_how_to_go_on(tmp_path, monkeypatch):
    """The true download code, sent to an address where nobody listens."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(
        FacepointsError, match=r"model.mine.weights: .*resnet18.*-S model.mine.weights=none"
    ):
        start_weights("resnet18", "imagenet", "mine")


def test_imagenet_weights_begin_as_the_file_says(tmp_path, monkeypatch):
    """A file in torch's hub folder, as a user without network would put it there."""
    torch.manual_seed(1)
    classifier = backbones.tv_models.resnet18(weights=None)
    name = backbones.tv_models.ResNet18_Weights.DEFAULT.url.rsplit("/", 1)[-1]
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    torch.save(classifier.state_dict(), tmp_path / "hub" / "checkpoints" / name)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    start = start_weights("resnet18", "imagenet", "mine")
    backbone = backbones.build("resnet18")
    backbone.load_state_dict(start)
    assert torch.equal(backbone.body[0].weight, classifier.conv1.weight)


@pytest.fixture
def hub():
    """A server that answers as Hugging Face's does for one model's file; gives its address and that model."""
    torch.manual_seed(2)
    classifier = backbones.timm().create_model("resnet18", pretrained=False)
    content = save({key: value.contiguous() for key, value in classifier.state_dict().items()})

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            found = self.path.startswith("/timm/resnet18.a1_in1k/resolve/main/model.safetensors")
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(content) if found else 0))
            if found:
                self.send_header("ETag", '"1"')
                self.send_header("X-Repo-Commit", COMMIT)
            self.end_headers()
            return found

        def do_GET(self):
            if self.do_HEAD():
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", classifier
    server.shutdown()


def fetch(address, folder, **more):
    """start_weights of timm:resnet18 in a process of its own: the address is read when the library is imported."""
    environment = {
        "PATH": "",
        "PYTHONPATH": str(ROOT / "src"),
        "HF_ENDPOINT": address,
        "HF_HOME": str(folder / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "HOME": str(folder),
        **more,
    }
    return subprocess.run(
        [sys.executable, "-c", FETCH, str(folder / "start.safetensors")],
        env=environment,
        capture_output=True,
        text=True,
    )


def test_timm_weights_come_from_the_hub(hub, tmp_path):
    address, classifier = hub
    done = fetch(address, tmp_path)
    assert done.returncode == 0, done.stderr
    from safetensors.torch import load_file

    start = load_file(tmp_path / "start.safetensors")
    backbone = backbones.build("timm:resnet18")
    backbone.load_state_dict(start)
    assert torch.equal(backbone.body.conv1.weight, classifier.conv1.weight)


def test_timm_weights_that_cannot_be_fetched_say_how_to_go_on(tmp_path):
    # Offline: without that word the library tries for most of a minute.
    done = fetch("http://127.0.0.1:9", tmp_path, HF_HUB_OFFLINE="1")
    assert done.returncode == 1
    assert "model.mine.weights: the weights of timm:resnet18 could not be fetched" in done.stderr
    assert "-S model.mine.weights=none" in done.stderr
