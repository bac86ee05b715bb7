"""Where starting weights come from: torch's and Hugging Face's own loading code, against files and a local server."""

import http.server
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from facepoints import FacepointsError
from facepoints.models import backbones, kept, weights
from facepoints.models.model import LandmarkModel
from facepoints.models.start import BACKBONE, beginning, start_weights
from facepoints.schemes.library import load
from facepoints.training.learner import load_start
from tests.models import examples

ROOT = Path(__file__).parent.parent.parent
COMMIT = "0" * 40
FETCH = (
    "import sys; from facepoints.models.start import start_weights; from safetensors.torch import save_file\n"
    "save_file(start_weights('timm:resnet18', 'imagenet', 'mine')[0], sys.argv[1])"
)


def unprefixed(start):
    """Of a net's backbone, as the backbone itself calls them."""
    assert all(name.startswith(BACKBONE) for name in start)
    return {name.removeprefix(BACKBONE): tensor for name, tensor in start.items()}


def test_scratch_starts_from_nothing():
    assert start_weights("resnet18", "none", "mine") == ({}, {})


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
    start, about = start_weights("resnet18", "imagenet", "mine")
    assert about == {}
    backbone = backbones.build("resnet18")
    backbone.load_state_dict(unprefixed(start))
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
    backbone.load_state_dict(unprefixed(start))
    assert torch.equal(backbone.body.conv1.weight, classifier.conv1.weight)


def test_timm_weights_that_cannot_be_fetched_say_how_to_go_on(tmp_path):
    # Offline: without that word the library tries for most of a minute.
    done = fetch("http://127.0.0.1:9", tmp_path, HF_HUB_OFFLINE="1")
    assert done.returncode == 1
    assert "model.mine.weights: the weights of timm:resnet18 could not be fetched" in done.stderr
    assert "-S model.mine.weights=none" in done.stderr


CELL = "synthetic-small-none-all-0"
KEPT = examples.settings(side=64)


@pytest.fixture
def keep(tmp_path, monkeypatch, crop_settings):
    """Keeps a net of the settings as `drawn`, all but `dvc add`, and gives the start file of another model."""
    monkeypatch.chdir(tmp_path)
    kept.FOLDER.mkdir()
    shutil.copy(ROOT / kept.INDEX, kept.INDEX)

    def kept_and_started(settings=KEPT) -> Path:
        torch.manual_seed(3)
        net = LandmarkModel(settings, torch.rand(68, 2), 64)
        trained = Path("models") / CELL / "model.safetensors"
        scheme = load("ibug68")
        weights.write_trained(trained, net.state_dict(), scheme, crop_settings, settings)
        kept.enter("drawn", kept.write("drawn", trained, CELL, "synthetic", "free"))
        path = Path("models/start/mine.safetensors")
        weights.write(path, *start_weights(settings.backbone, "drawn", "mine"))
        return path

    return kept_and_started


def test_the_head_is_taken_where_head_and_scheme_are_the_same(keep):
    path = keep()
    other = KEPT.model_copy(update={"loss": examples.loss("l2"), "learning_rate": 1e-5})
    for settings in (KEPT, other):
        begin = beginning(path, settings, load("ibug68"), 64)
        assert begin.weights.keys() == weights.read(kept.file("drawn"))[0].keys() - {"mean_shape"}
        assert begin.told == (
            f"Starting from weights/drawn.safetensors ({CELL}): its backbone and head."
        )
        assert begin.origin["licence"] == "free"


def test_a_head_that_is_taken_keeps_its_neighbours_on_another_mean_shape(keep):
    pip = examples.settings(side=64, name="pip")
    begin = beginning(keep(pip), pip, load("ibug68"), 64)
    shape = torch.rand(68, 2)
    net = LandmarkModel(pip, shape, 64)
    own = net.head.neighbours.clone()
    load_start(net, begin.weights)
    assert torch.equal(net.mean_shape, shape)
    assert torch.equal(net.head.neighbours, begin.weights["head.neighbours"])
    assert not torch.equal(net.head.neighbours, own)


@pytest.mark.parametrize(
    ("change", "scheme", "told"),
    [
        ({}, "wflw98", "for 98 points of wflw98, not 68 of ibug68"),
        ({}, "synthetics70", "for 70 points of synthetics70, not 68 of ibug68"),
        ({"head": examples.head(dropout=0.5)}, "ibug68", "because head.dropout differs"),
        ({"head": examples.head("pip")}, "ibug68", "because head.name, head.pool, .* differs"),
        ({"loss": examples.loss("gaussian_nll")}, "ibug68", "loss gives head.dense.weight another"),
        ({"input": 96}, "ibug68", "another input or loss gives head.dense.weight another shape"),
    ],
)
def test_any_other_head_starts_afresh(keep, change, scheme, told):
    begin = beginning(keep(), KEPT.model_copy(update=change), load(scheme), 64)
    assert begin.weights
    assert all(name.startswith(BACKBONE) for name in begin.weights)
    assert re.search(f"its backbone; the head starts afresh, .*{told}", begin.told)


def test_of_scratch_nothing_is_told(tmp_path):
    path = tmp_path / "mine.safetensors"
    weights.write(path, *start_weights("resnet18", "none", "mine"))
    begin = beginning(path, KEPT, load("ibug68"), 64)
    assert (begin.weights, begin.origin, begin.told) == ({}, None, "")


def test_kept_weights_that_are_not_here_are_told_with_both_ways_to_them(keep):
    keep()
    kept.file("drawn").unlink()
    for name in ("drawn", "dawn"):
        with pytest.raises(FacepointsError) as told:
            start_weights(KEPT.backbone, name, "mine")
        assert str(told.value).startswith(
            f"model.mine.weights: no weights/{name}.safetensors. If it was kept, "
            f"`dvc pull weights/{name}.safetensors` fetches it"
        )
        assert f"`facepoints weights keep CELL {name}`" in str(told.value)
        assert "lists: drawn." in str(told.value)


def test_kept_weights_of_another_backbone_are_refused(keep):
    keep()
    message = f"drawn holds weights of backbone {KEPT.backbone} .from {CELL}., but .* is resnet18"
    with pytest.raises(FacepointsError, match=message):
        start_weights("resnet18", "drawn", "mine")


def test_another_file_than_was_kept_is_refused(keep):
    """As another branch's, before `dvc checkout`."""
    keep()
    tensors, about = weights.read(kept.file("drawn"))
    weights.write(kept.file("drawn"), {**tensors, "mean_shape": torch.zeros(68, 2)}, about)
    with pytest.raises(FacepointsError, match="not the file that weights/kept.yaml means. `dvc ch"):
        start_weights(KEPT.backbone, "drawn", "mine")
