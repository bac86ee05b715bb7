"""The model card: what a program must know to use an exported model, beside the ONNX file itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from facepoints.crops.settings import CropSettings
from facepoints.files import replace
from facepoints.inference.export import INPUT, OPSET, OUTPUT
from facepoints.models.settings import ModelSettings
from facepoints.schemes.scheme import Scheme


def card(
    cell: str,
    trained_on: str,
    model: ModelSettings,
    scheme: Scheme,
    crop: CropSettings,
    rules: Mapping[str, int],
    parity: float,
) -> dict[str, Any]:
    """All of a card; the same model gives the same card.

    Args:
        cell: its name.
        trained_on: name of the data set that it learned from.
        scheme: of the points that it gives.
        crop: how the crops that it learned from were cut, which is how faces must be cut for it.
        rules: how many of these faces each box rule really cut; a detector misses some.
        parity: largest difference between the ONNX file and PyTorch, pixels of the view.
    """
    side = model.input
    return {
        "cell": cell,
        "trained_on": trained_on,
        "model": model.model_dump(),
        "scheme": json.loads(scheme.to_json()),
        "crop": crop.model_dump(include=set(CropSettings.model_fields)),
        "box_rules": dict(sorted(rules.items())),
        "input": {
            "name": INPUT,
            "type": "uint8",
            "shape": ["batch", side, side, 3],
            "content": f"RGB pixels of the view without its margin, {side} on each side",
        },
        "output": {
            "name": OUTPUT,
            "type": "float32",
            "shape": ["batch", scheme.points, 2],
            "content": "x, y in view sides: 0 is the view's left or upper border, 1 the opposite one; "
            f"pixel i of the input has its centre at (i + 0.5) / {side}",
        },
        "opset": OPSET,
        "parity_pixels": round(parity, 6),
    }


def write_card(path: Path, content: Mapping[str, Any]) -> None:
    """Write a card as JSON, whole or not at all."""
    replace(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
