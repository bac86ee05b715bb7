"""How long an exported model takes for a face, and the whole way from a frame to a drawn face.

    python -m benchmarks.inference mobilenet_v3_small resnet18 --input 224

prints, per model of params.yaml and precision, the milliseconds of one face on one thread, crop given, with the weights
that training would begin with (the time does not depend on them): of onnxruntime with the exported file (`file`), of
onnxruntime with the plain net inside it, floats in and the head's output out (`net`), and of `Predictor.predict` with
a box, which cuts the face out of a frame first (`box`). The ways take turns in each round; medians over rounds.

`frame` is the whole path at 640×480 on all cores with a trained model (--model), while it tracks a drawn face, in
milliseconds and frames per second: cut, predict and draw, the detector's search once a second included; and one
search.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from benchmarks.clock import seconds
from benchmarks.video import DEFAULT, RATE, Lengths, clips
from facepoints import cores, parameters
from facepoints.crops.settings import CacheSettings
from facepoints.inference.card import INPUT
from facepoints.inference.correction import Correction
from facepoints.inference.description import describe
from facepoints.inference.export import Deployed, convert, write
from facepoints.inference.handout import FULL
from facepoints.inference.likeness import learn
from facepoints.inference.precision import PRECISIONS
from facepoints.inference.predictor import Predictor
from facepoints.live.drawing import Painter
from facepoints.live.tracking import Tracker
from facepoints.live.video import Video
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.schemes.library import load
from facepoints.store.faces import Faces

FACES = 8  # random pictures that set the scales of int8
FRAME = (480, 640)


class Net(nn.Module):
    """A model without what is around it: normalised floats in, the head's output out."""

    def __init__(self, model: LandmarkModel) -> None:
        super().__init__()
        self.backbone, self.head = model.backbone, model.head

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, S, S) → the head's output."""
        output: Tensor = self.head(self.backbone(images))
        return output


def exported(name: str, side: int, folder: Path) -> dict[str, Path]:
    """A definition of params.yaml at `side` pixels as ONNX files by precision, and `net`."""
    torch.manual_seed(0)
    settings = parameters.value(parameters.read(), f"model.{name}", ModelSettings)
    settings = settings.model_copy(update={"input": side})
    scheme = load("ibug68")
    shape = torch.tensor(scheme.shape) * 0.8 + 0.1
    model = LandmarkModel(settings, shape, side).eval()
    crops = torch.randint(0, 256, (FACES, 3, side * 3 // 2, side * 3 // 2), dtype=torch.uint8)
    points = shape + 0.02 * torch.randn(FACES, *shape.shape)
    faces = Faces(crops, points, torch.ones(points.shape[:2], dtype=torch.bool), 0.25)
    deployed = Deployed(model, learn(model, faces)).eval()
    graph = convert(deployed)
    images = np.random.default_rng(0).integers(0, 256, (FACES, side, side, 3), dtype=np.uint8)
    crop = parameters.value(parameters.read(), "cache", CacheSettings)
    crop = crop.model_copy(update={"side": side})
    corrections = {"landmarks": Correction((0.0, 0.0), (1.2, 1.2), True)}
    outputs = [output.name for output in graph.graph.output]
    files = {}
    for precision in (FULL, *PRECISIONS):
        made = graph if precision == FULL else PRECISIONS[precision](graph, images)
        card = describe(name, settings, scheme, crop, corrections, {}, {}, precision, 0.0, outputs)
        files[precision] = folder / f"{name}-{precision}.onnx"
        write(made, card, files[precision])
    files["net"] = folder / f"{name}-net.onnx"
    torch.onnx.export(
        Net(model).eval(),
        (torch.rand(1, 3, side, side),),
        str(files["net"]),
        input_names=[INPUT],
        dynamo=True,
        verbose=False,
    )
    return files


def session(path: Path) -> onnxruntime.InferenceSession:
    """onnxruntime with one file, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def ways(files: dict[str, Path], side: int) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    random = np.random.default_rng(0)
    view = random.integers(0, 256, (1, side, side, 3), dtype=np.uint8)
    frame = random.integers(0, 256, (*FRAME, 3), dtype=np.uint8)
    box = np.array([[220, 120, 420, 340]], np.float32)
    floats = random.random((1, 3, side, side), dtype=np.float32)
    net, predictor = session(files["net"]), Predictor(files[FULL], threads=1)
    found: dict[str, Callable[[], object]] = {
        "net": lambda: net.run(None, {INPUT: floats}),
        "box": lambda: predictor.predict(frame, box),
    }
    for precision in (FULL, *PRECISIONS):
        one = session(files[precision])
        found[f"file_{precision}"] = partial(one.run, None, {INPUT: view})
    return found


def latency(name: str, side: int, rounds: int) -> dict[str, Any]:
    """Milliseconds of one face, by way."""
    with tempfile.TemporaryDirectory() as folder:
        timed = ways(exported(name, side, Path(folder)), side)
    taken: dict[str, list[float]] = {way: [] for way in timed}
    for _ in range(rounds):
        for way, work in timed.items():
            taken[way].append(1000 * seconds(work))
    medians = {way: statistics.median(given[len(given) // 10 :]) for way, given in taken.items()}
    return {
        "model": name,
        "input": side,
        **{f"{way}_ms": round(median, 2) for way, median in medians.items()},
        "file_over_net": round(medians[f"file_{FULL}"] / medians["net"], 2),
    }


def whole_path(path: Path) -> dict[str, Any]:
    """Of each frame of a video with a drawn face that turns and moves, while it is tracked."""
    predictor = Predictor(path)
    tracker, painter = Tracker(predictor), Painter(predictor.scheme)
    taken, faces = [], 0
    with tempfile.TemporaryDirectory() as folder:
        clip = clips(0, Path(folder), Lengths(empty=0, slide=1, path=150, still=1))["moving"]
        images = [frame.image for frame in Video(clip.path)][1:-1]
    for number, image in enumerate(images):
        start = time.perf_counter()
        tracked = tracker.update(image, number / RATE)
        painter.faces(image, tracked.faces)
        taken.append(time.perf_counter() - start)
        faces += len(tracked)
    searches = [seconds(partial(predictor.detect, image)) for image in images[::10]]
    return {
        "cell": predictor.card.content["cell"],
        "frames": len(images),
        "faces_found": faces,
        "median_ms": round(1000 * statistics.median(taken), 1),
        "frames_per_s": round(len(taken) / sum(taken), 1),
        "search_ms": round(1000 * statistics.median(searches), 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=["mobilenet_v3_small"])
    parser.add_argument("--input", type=int, default=224)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--model", type=Path, default=DEFAULT)
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(
        json.dumps(
            {
                "cores": cores(),
                "onnxruntime": onnxruntime.__version__,
                "face": [latency(name, given.input, given.rounds) for name in given.models],
                "frame": whole_path(given.model),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
