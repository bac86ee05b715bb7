"""OpenCV's Haar cascade as JSON for a detector that runs in the page (page/haar.mjs)."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import cv2.data
import numpy as np

from facepoints.crops.detector import CASCADE, LONGEST, NEIGHBOURS, STEP

PATH = Path(cv2.data.haarcascades) / CASCADE
NOTICE = re.compile(
    r"<!--(.*?)-->", re.DOTALL
)  # holds the licence, which goes where the cascade goes


def to_json(path: Path = PATH) -> str:
    """One line: the searched window's side, how the search goes, and the stages.

    A stage is [threshold, stumps]; a stump is [threshold, value below it, value else, rectangles]; a rectangle is
    [x, y, width, height, weight].
    """
    cascade = ElementTree.parse(path).getroot()[0]
    features = [
        [
            [_number(word) for word in (rect.text or "").split()]
            for rect in feature.iter("_")
            if not len(rect)
        ]
        for feature in cascade.iterfind("features/_")
    ]
    content = {
        "window": int(cascade.findtext("width", "")),
        "longest": LONGEST,
        "step": STEP,
        "neighbours": NEIGHBOURS,
        "stages": [_stage(stage, features) for stage in cascade.iterfind("stages/_")],
    }
    return json.dumps(content, separators=(",", ":"))


def licence(path: Path = PATH) -> str:
    """The notice at the head of the cascade's file."""
    found = NOTICE.search(path.read_text("utf-8"))
    return found.group(1).strip("\n") if found else ""


def _stage(stage: ElementTree.Element, features: list[list[list[float]]]) -> list[object]:
    stumps = []
    for weak in stage.iterfind("weakClassifiers/_"):
        *_, feature, threshold = (weak.findtext("internalNodes") or "").split()
        below, above = (weak.findtext("leafValues") or "").split()
        stumps.append([_number(threshold), _number(below), _number(above), features[int(feature)]])
    return [_number(stage.findtext("stageThreshold", "")), stumps]


def _number(text: str) -> float:
    """The number of 32 bits that a text means, with no more digits than tell it from the next one."""
    value = float(str(np.float32(text)))
    return int(value) if value.is_integer() else value
