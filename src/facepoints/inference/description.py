"""Writing a model's card: all of it, from what the export stage knows."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from facepoints.crops.settings import CropSettings
from facepoints.inference.card import COVARIANCE, FORMAT, INPUT, POINTS, SCORE, Card
from facepoints.inference.correction import Correction
from facepoints.inference.export import OPSET
from facepoints.models.settings import ModelSettings
from facepoints.schemes.scheme import Scheme


def describe(
    cell: str,
    model: ModelSettings,
    scheme: Scheme,
    crop: CropSettings,
    corrections: Mapping[str, Correction],
    training: Mapping[str, Any],
    nme: Mapping[str, Any],
    precision: str,
    parity: float,
    outputs: Collection[str],
) -> Card:
    """The card of an exported model; the same model gives the same card.

    Args:
        cell: its name.
        scheme: of the points that it gives.
        crop: how the crops that it learned from were cut, which is how faces must be cut for it.
        training: what it learned from: the data set, its faces and their digest, the box rules really used, its terms.
        nme: its error, and on which faces.
        precision: fp32, int8 or fp16.
        parity: largest difference between the fp32 ONNX file and PyTorch, pixels of the view.
        outputs: names of what it gives.
    """
    side = model.input
    given = {
        POINTS: {
            "shape": ["batch", scheme.points, 2],
            "content": "x, y in view sides: 0 is the view's left or upper border, 1 the opposite one; "
            f"pixel i of the input has its centre at (i + 0.5) / {side}",
        },
        SCORE: {
            "shape": ["batch"],
            "content": "0 to 1: whether the view shows a face under these points; 0.5 divides",
        },
    }
    if COVARIANCE in outputs:
        given[COVARIANCE] = {
            "shape": ["batch", scheme.points, 2, 2],
            "content": "of each point, in view sides squared",
        }
    content = {
        "format": FORMAT,
        "cell": cell,
        "precision": precision,
        "training": dict(training),
        "nme": dict(nme),
        "model": model.model_dump(),
        "scheme": json.loads(scheme.to_json()),
        "crop": crop.model_dump(include=set(CropSettings.model_fields)),
        "corrections": {name: _numbers(one) for name, one in sorted(corrections.items())},
        "input": {
            "name": INPUT,
            "type": "uint8",
            "shape": ["batch", side, side, 3],
            "content": f"RGB pixels of the view without its margin, {side} on each side; they are "
            "normalised inside",
        },
        "outputs": given,
        "opset": OPSET,
        "parity_pixels": round(parity, 6),
    }
    return Card.from_json(json.dumps(content), Path("card.json"))


def _numbers(correction: Correction) -> dict[str, Any]:
    return {"shift": list(correction.shift), "scale": list(correction.scale)}
