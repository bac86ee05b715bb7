"""How fast models train: the real loop beside the bare step of the same net, in one run.

    python -m benchmarks.training resnet18 mobilenet_v3_small --input 224 --augmentation all

prints, for each model of params.yaml, faces/s of the training loop (batches out of the store, augmentation, targets,
loss, optimiser, averaged weights), faces/s of a bare step (forward and backward pass and optimiser on one fixed
batch), the ratio of the two, and the speed relative to the first model. The median of several rounds, in which both
sides of all models take turns. From scratch and whole, whatever a model's weights and freeze.
"""

import argparse
import json
import statistics
import sys

import torch

from benchmarks.clock import seconds
from benchmarks.trial import course, drawn, model_settings
from facepoints import FacepointsError, cores, parameters
from facepoints.augment.pipeline import views
from facepoints.store.batches import batches
from facepoints.training.course import Course
from facepoints.training.devices import connect
from facepoints.training.precision import decided
from facepoints.training.settings import TrainSettings


class Pair:
    """One training, step by step: as it is, and bare."""

    def __init__(self, learning: Course, steps: int) -> None:
        self.course, self.steps, self.epoch = learning, steps, 0
        self.losses = torch.zeros(learning.steps, device=learning.fabric.device)
        model, device = learning.learner.model, learning.fabric.device
        (batch,) = batches(learning.faces, [torch.arange(learning.settings.batch_size)], device)
        views_ = views(batch.crops, model.input, batch.margin)
        self.images = views_.contiguous(memory_format=torch.channels_last)
        self.points, self.labelled = batch.points, batch.labelled

    @property
    def faces(self) -> int:
        """Of a round."""
        return self.steps * self.course.settings.batch_size

    def loop(self) -> None:
        """A round of real steps."""
        made = self.course.learn(self.epoch, self.losses, self.course.steps - self.steps, 1.0)
        for _ in made:
            pass
        self.epoch += 1
        float(self.losses.sum())  # a GPU has finished then

    def bare(self) -> None:
        """A round of bare steps."""
        learner = self.course.learner
        learner.model.train()
        for _ in range(self.steps):
            output = learner.wrapped(self.images)
            loss = learner.model.head.loss(output, self.points, self.labelled)
            learner.optimizer.zero_grad()
            learner.fabric.backward(loss)
            learner.optimizer.step()
        float(loss.detach())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", help="names under model in params.yaml")
    parser.add_argument("--augmentation", default="strong")
    parser.add_argument("--input", type=int, help="of every model, in place of its own")
    parser.add_argument("--batch", type=int, help="in place of train.batch_size")
    parser.add_argument("--precision", choices=["fp32", "bf16", "auto"], default="auto")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int, default=0, help="of the CPU; 0 takes all cores")
    parser.add_argument("--steps", type=int, default=8, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    settings = parameters.value(parameters.read(), "train", TrainSettings)
    changes = {
        "precision": arguments.precision,
        "compile": arguments.compile,
        "threads": arguments.threads,
        "ema": 0.998,
    }
    if arguments.batch:
        changes["batch_size"] = arguments.batch
    settings = settings.model_copy(update=changes)
    store = drawn(settings.batch_size * arguments.steps)
    pairs = {}
    for name in arguments.models:
        try:
            model = model_settings(name, arguments.input)
            own = decided(settings, model.backbone)
            learning = course(connect(own), store, model, arguments.augmentation, own)
        except FacepointsError as error:
            sys.exit(f"error: {error}")
        pairs[name] = Pair(learning, arguments.steps)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in pairs}
    for number in range(arguments.rounds + 1):  # the first one warms up
        for name, pair in pairs.items():
            found = seconds(pair.loop), seconds(pair.bare)
            if number:
                times[name].append(found)
    middle = {name: statistics.median(loop for loop, _ in each) for name, each in times.items()}
    first = middle[arguments.models[0]]
    print(
        json.dumps(
            {
                "cores": cores(),
                "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
                "torch": torch.__version__,
                "augmentation": arguments.augmentation,
                "batch": settings.batch_size,
                "models": {
                    name: {
                        "input": pairs[name].course.learner.model.input,
                        "precision": pairs[name].course.settings.precision,
                        "faces_per_second": round(pairs[name].faces / middle[name], 1),
                        "bare_faces_per_second": round(
                            pairs[name].faces / statistics.median(bare for _, bare in each), 1
                        ),
                        "ratio": round(statistics.median(bare / loop for loop, bare in each), 3),
                        "relative_to_first": round(first / middle[name], 3),
                    }
                    for name, each in times.items()
                },
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
