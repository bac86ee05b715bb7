"""The training loop beside what users write today: a torch Dataset and DataLoader with a warp per face.

    python -m benchmarks.dataloader resnet18 --input 224

prints faces/s of this project's loop under `geometric`, of the same net fed by a DataLoader whose workers decode and
warp each face by OpenCV with the same ranges, with torchvision's ColorJitter after it where --jitter is given, the
loop's factor over it, and what the DataLoader alone delivers. Medians of rounds that take turns.
"""

import argparse
import json
import math
import statistics

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from benchmarks.clock import seconds
from benchmarks.training import Pair
from benchmarks.trial import course, drawn, model_settings
from facepoints import cores, parameters
from facepoints.augment.settings import AugmentationSettings
from facepoints.store.crops import Crops, decode_crop
from facepoints.training.devices import connect
from facepoints.training.precision import decided
from facepoints.training.settings import TrainSettings


class Warped(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Faces one by one: decoded, turned, scaled, shifted and perhaps flipped by one warp."""

    def __init__(
        self, store: Crops, side: int, settings: AugmentationSettings, jitter: bool
    ) -> None:
        self.store, self.side, self.settings = store, side, settings
        self.mirror = list(store.scheme.mirror or ())
        # Here, because facepoints.models.backbones must be the first to import torchvision.
        from torchvision.transforms import v2

        self.jitter = v2.ColorJitter(0.4, 0.4, 0.4, 0.05) if jitter else None

    def __len__(self) -> int:
        return len(self.store.face)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        settings, view = self.settings, self.store.settings.side
        assert settings.rotation and settings.scale and settings.translation
        draw = np.random.default_rng()
        angle = math.radians(draw.uniform(-1, 1) * settings.rotation.degrees)
        factor = settings.scale.factor ** draw.uniform(-1, 1) * self.side / view
        shift = draw.uniform(-1, 1, 2) * settings.translation.sides * self.side
        flip = -1.0 if draw.random() < 0.5 else 1.0
        linear = factor * np.array(
            [
                [math.cos(angle) * flip, -math.sin(angle)],
                [math.sin(angle) * flip, math.cos(angle)],
            ]
        )
        points = (self.store.landmarks[index] - (view - 1) / 2) @ linear.T
        points += (self.side - 1) / 2 + shift
        if flip < 0:
            points = points[self.mirror]
        crop = decode_crop(self.store.crop[index])
        centre = (crop.shape[0] - 1) / 2
        offset = (self.side - 1) / 2 + shift - linear @ [centre, centre]
        image = cv2.warpAffine(
            crop, np.column_stack([linear, offset]), (self.side, self.side), flags=cv2.INTER_LINEAR
        )
        pixels = torch.from_numpy(image).permute(2, 0, 1)
        if self.jitter:
            pixels = self.jitter(pixels)
        return (
            pixels.float() / 255,
            torch.from_numpy(((points + 0.5) / self.side).astype(np.float32)),
            torch.from_numpy(self.store.labelled[index]),
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="a name under model in params.yaml")
    parser.add_argument("--input", type=int, help="in place of the model's own")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--threads", type=int, default=0, help="of the net; 0 takes all cores")
    parser.add_argument("--jitter", action="store_true")
    parser.add_argument("--steps", type=int, default=12, help="of a round")
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    params = parameters.read()
    settings = parameters.value(params, "train", TrainSettings)
    changes = {"batch_size": arguments.batch, "threads": arguments.threads, "ema": 0.998}
    model = model_settings(arguments.model, arguments.input)
    settings = decided(settings.model_copy(update=changes), model.backbone)
    fabric = connect(settings)
    store = drawn(arguments.batch * arguments.steps)
    pair = Pair(course(fabric, store, model, "geometric", settings), arguments.steps)
    transforms = parameters.value(params, "augmentation.geometric", AugmentationSettings)
    loader = DataLoader(
        Warped(store, model.input, transforms, arguments.jitter),
        arguments.batch,
        shuffle=True,
        drop_last=True,
        num_workers=arguments.workers,
        persistent_workers=True,
        pin_memory=fabric.device.type == "cuda",
    )
    learner = pair.course.learner

    def fed() -> None:
        learner.model.train()
        for number, batch in enumerate(loader):
            images, points, labelled = (part.to(fabric.device, non_blocking=True) for part in batch)
            loss = learner.step(images, points, labelled, settings.learning_rate, number)
        float(loss)

    def alone() -> None:
        for _ in loader:
            pass

    kinds = {"loop": pair.loop, "dataloader": fed, "dataloader_alone": alone}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(arguments.rounds + 1):  # the first one warms up
        for kind, work in kinds.items():
            found = seconds(work)
            if number:
                times[kind].append(found)
    ratios = [other / own for own, other in zip(times["loop"], times["dataloader"], strict=True)]
    print(
        json.dumps(
            {
                "cores": cores(),
                "device": torch.cuda.get_device_name() if fabric.device.type == "cuda" else "cpu",
                "model": arguments.model,
                "input": model.input,
                "batch": arguments.batch,
                "workers": arguments.workers,
                "jitter": arguments.jitter,
                "faces_per_second": {
                    kind: round(pair.faces / statistics.median(each), 1)
                    for kind, each in times.items()
                },
                "factor": round(statistics.median(ratios), 2),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
