"""How fast models train: whole training steps on drawn faces, side by side in one run.

    python -m benchmarks.training resnet18_regression resnet18_pip

prints, for each model of params.yaml, faces/s of augmentation, forward and backward pass and optimiser together, of
forward and backward pass alone, and the speed relative to the first model (best of several rounds each, alternating).
From scratch and whole, whatever its weights and freeze; in fp32, without clipping and averaging.
"""

import argparse
import json
import sys

import torch
from torch import Tensor
from torch.nn.utils import convert_conv2d_weight_memory_format

from benchmarks.clock import seconds
from facepoints import FacepointsError, cores, parameters
from facepoints.augment.chance import Draws
from facepoints.augment.pipeline import augmented, views
from facepoints.augment.settings import AugmentationSettings
from facepoints.crops.settings import CacheSettings
from facepoints.models.model import LandmarkModel
from facepoints.models.predicting import prepare
from facepoints.models.settings import ModelSettings
from facepoints.schemes.library import load
from facepoints.training.schedule import build_optimizer
from facepoints.training.settings import TrainSettings

SEED = 0


class Steps:
    """One model with all that its training steps need; the faces are noise, which costs the same."""

    def __init__(self, name: str, augmentation: str) -> None:
        params = parameters.read()
        model = parameters.value(params, f"model.{name}", ModelSettings)
        model = model.model_copy(update={"weights": "none", "freeze": False})
        cache = parameters.value(params, "cache", CacheSettings)
        train = parameters.value(params, "train", TrainSettings)
        self.augmentation = parameters.value(
            params, f"augmentation.{augmentation}", AugmentationSettings
        )
        self.batch, self.margin = train.batch_size, cache.margin
        self.generator = torch.Generator().manual_seed(SEED)
        scheme = load("ibug68")
        self.mirror = torch.tensor(scheme.mirror)
        shape = torch.rand(scheme.points, 2, generator=self.generator) * 0.8 + 0.1
        torch.manual_seed(SEED)
        net = LandmarkModel(model, shape, cache.side).train()
        self.model = convert_conv2d_weight_memory_format(net, torch.channels_last)
        self.optimizer = build_optimizer(self.model, train)
        stored = cache.side + 2 * cache.margin_pixels
        side = min(stored, round(model.input * stored / cache.side))  # as `decode` has them
        self.crops = torch.randint(
            0, 256, (self.batch, 3, side, side), dtype=torch.uint8, generator=self.generator
        )
        self.points = shape.expand(self.batch, *shape.shape)
        self.labelled = torch.ones(self.points.shape[:2], dtype=torch.bool)
        self.images = views(self.crops, model.input, cache.margin)

    def learn(self, images: Tensor, points: Tensor, labelled: Tensor) -> None:
        """Forward and backward pass."""
        output = self.model(images.contiguous(memory_format=torch.channels_last))
        self.optimizer.zero_grad()
        self.model.head.loss(output, points, labelled).backward()

    def whole(self) -> None:
        """A step from stored crops to new weights."""
        self.learn(
            *augmented(
                self.crops,
                self.points,
                self.labelled,
                self.mirror,
                self.augmentation,
                self.model.input,
                self.margin,
                Draws(self.generator, self.batch),
            )
        )
        self.optimizer.step()

    def bare(self) -> None:
        """Forward and backward pass alone."""
        self.learn(self.images, self.points, self.labelled)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", help="names under model in params.yaml")
    parser.add_argument("--augmentation", default="strong")
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    prepare(0)
    try:
        steps = {name: Steps(name, arguments.augmentation) for name in arguments.models}
    except FacepointsError as error:
        sys.exit(f"error: {error}")
    best: dict[str, dict[str, float]] = {name: {} for name in steps}
    for _ in range(arguments.rounds + 1):  # the first one warms up
        for name, each in steps.items():
            for kind, work in (("whole", each.whole), ("bare", each.bare)):
                best[name][kind] = min(best[name].get(kind, float("inf")), seconds(work))
    first = best[arguments.models[0]]["whole"] / steps[arguments.models[0]].batch
    print(
        json.dumps(
            {
                "cores": cores(),
                "torch": torch.__version__,
                "models": {
                    name: {
                        "input": steps[name].model.input,
                        "faces_per_second": round(steps[name].batch / times["whole"], 1),
                        "bare_faces_per_second": round(steps[name].batch / times["bare"], 1),
                        "relative_to_first": round(first / (times["whole"] / steps[name].batch), 3),
                    }
                    for name, times in best.items()
                },
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
