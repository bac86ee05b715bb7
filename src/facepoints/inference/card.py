"""The model card: what a program must know to use an exported model. It lies beside the ONNX file and inside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.crops.extent import padded
from facepoints.inference.correction import Correction
from facepoints.schemes.scheme import Scheme

KEY = "facepoints"  # of the card in the ONNX file's metadata
FORMAT = 1  # of the card; a file of a later one is refused
LANDMARKS = (
    "landmarks"  # the correction for boxes around found landmarks: from one look to the next
)
INPUT = "images"
POINTS, COVARIANCE, SCORE = "landmarks", "covariance", "score"  # what the file gives

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Card:
    """What prediction needs of a card, and all of it.

    Attributes:
        scheme: of the points.
        side: S, of the square input, pixels.
        box: the rule of the boxes that it learned from: landmarks | annotated | detector | image.
        corrections: what takes a detector's boxes, or those around landmarks, to view boxes, by name.
        content: the whole card, see `to_json`.
    """

    scheme: Scheme
    side: int
    box: str
    corrections: Mapping[str, Correction]
    content: Mapping[str, Any]

    def views(self, boxes: Floats) -> Floats:
        """View boxes (N, 4) of boxes (N, 4) that were drawn by the model's own rule: padded as in training."""
        crop = self.content["crop"]
        return padded(boxes, crop["padding"], crop["padding_unit"], crop["keep_aspect"])

    def to_json(self) -> str:
        """One line; the same card always gives the same text."""
        return json.dumps(self.content, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str, where: Path) -> "Card":
        """The card that `to_json` wrote; `where` is the file that held it.

        Raises:
            FacepointsError: no card, or one of a later version.
        """
        try:
            content = json.loads(text)
            if content["format"] > FORMAT:
                raise FacepointsError(
                    f"{where}: its card is of format {content['format']}, this facepoints knows {FORMAT}. Install the "
                    "facepoints that exported it, or a newer one."
                )
            square = content["crop"]["keep_aspect"]
            return cls(
                scheme=Scheme.from_mapping(content["scheme"], str(where)),
                side=content["input"]["shape"][1],
                box=content["crop"]["box"],
                corrections={
                    name: Correction(tuple(given["shift"]), tuple(given["scale"]), square)
                    for name, given in content["corrections"].items()
                },
                content=content,
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise FacepointsError(
                f"{where}: its model card is damaged ({error!r}). Export it again."
            ) from error
