"""A trained cell as what is handed out: ONNX models, each with its card."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import onnx

from facepoints.crops.settings import CropSettings
from facepoints.inference import likeness
from facepoints.inference.card import Card
from facepoints.inference.description import describe
from facepoints.inference.detection import detectors
from facepoints.inference.export import Deployed, Run, convert, parity, pixels, runner
from facepoints.inference.fitting import corrections
from facepoints.inference.precision import PRECISIONS
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import Crops
from facepoints.store.faces import decode

COMPARED = 16  # crops on which ONNX and PyTorch must agree
FACES = 300  # training faces, at most, for the score, the corrections and the scales of int8
FULL = "fp32"


@dataclass(frozen=True)
class Trained:
    """A trained cell and what it learned from: its data set, training faces, validation faces and their licence.

    Attributes:
        starts_from: the note of the kept weights that it started from, if it did.
    """

    cell: str
    settings: ModelSettings
    model: LandmarkModel
    scheme: Scheme
    crop: CropSettings
    data_set: str
    train: Crops
    validation: Crops
    licence: str
    starts_from: Mapping[str, Any] | None = None


def handed_out(
    trained: Trained, precisions: list[str], error: Callable[[Run, int, Crops], dict[str, Any]]
) -> Iterator[tuple[str, onnx.ModelProto, Card]]:
    """Each precision, fp32 first, as a model and its card; the same cell gives the same bytes.

    Args:
        precisions: which there are besides fp32.
        error: measures the NME that a card names, for what a model gives, on the validation faces.

    Raises:
        FacepointsError: ONNX and PyTorch differ.
    """
    side, some = trained.model.input, trained.train.first(FACES)
    faces = decode(some, side)
    deployed = Deployed(trained.model, likeness.learn(trained.model, faces)).eval()
    graph = convert(deployed)
    difference = parity(
        deployed, graph, pixels(decode(trained.validation.first(COMPARED), side), side)
    )
    fitted = corrections(some, detectors())
    training = {
        "data_set": trained.data_set,
        "faces": len(trained.train.face),
        "sha256": trained.train.digest(),
        "box_rules": dict(sorted(Counter(trained.train.rule).items())),
        "licence": trained.licence,
    }
    if trained.starts_from:
        training["starts_from"] = dict(trained.starts_from)
    for precision in [FULL, *precisions]:
        made = graph if precision == FULL else PRECISIONS[precision](graph, pixels(faces, side))
        yield (
            precision,
            made,
            describe(
                trained.cell,
                trained.settings,
                trained.scheme,
                trained.crop,
                fitted,
                training,
                error(runner(made), side, trained.validation),
                precision,
                difference,
                [output.name for output in made.graph.output],
            ),
        )
