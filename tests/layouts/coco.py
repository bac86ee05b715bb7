"""Own data as COCO keypoints."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.layouts.drawn import Drawn
from tests.layouts.own import write_scheme


def write(root: Path, drawn: Sequence[Drawn]) -> None:
    """Write images/, annotations/faces.json and the scheme."""
    write_scheme(root)
    images, annotations = [], []
    for number, face in enumerate(drawn, 1):
        name = f"{number:012}.jpg"
        face.save(root / "images" / name)
        height, width = face.image.shape[:2]
        images.append({"id": number, "file_name": name, "width": width, "height": height})
        seen = np.column_stack([face.points, np.full(len(face.points), 2)])
        low, high = face.points.min(axis=0), face.points.max(axis=0)
        annotations.append(
            {
                "id": 100 + number,
                "image_id": number,
                "category_id": 1,
                "iscrowd": 0,
                "bbox": [*(low - 0.5).tolist(), *(high - low + 2).tolist()],
                "keypoints": seen.ravel().tolist(),
                "num_keypoints": len(face.points),
            }
        )
    names = [str(index) for index in range(len(drawn[0].points))]
    categories = [{"id": 1, "name": "face", "keypoints": names, "skeleton": []}]
    content = {"images": images, "categories": categories, "annotations": annotations}
    (root / "annotations").mkdir()
    (root / "annotations" / "faces.json").write_text(json.dumps(content))
