"""The cache stage against its floor: decode + warp + encode alone, on the same images and cores.

    python -m benchmarks.cache muct ../data/muct

prints faces/s of both and their ratio (best of several rounds each, alternating). Without a folder it draws faces,
stores them as the set's files are stored, and measures on these.
"""

import argparse
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2

from benchmarks.clock import seconds
from benchmarks.sets import LAYOUTS, opened, write
from facepoints import cores
from facepoints.crops.box import crop_box
from facepoints.crops.settings import CacheSettings, CropSettings
from facepoints.crops.warp import view_affine, warp
from facepoints.datasets.face import Face, FaceSet
from facepoints.parameters import read, value
from facepoints.store.build import build
from facepoints.store.memory import keep_freed_memory


def floor(face_set: FaceSet, faces: list[Face], settings: CropSettings) -> None:
    """Decode, warp and encode, with nothing around it; the same work in each process."""
    for face in faces:
        image = face_set.image(face)
        box = crop_box(face, (image.shape[1], image.shape[0]), settings)
        crop = warp(image, view_affine(box, settings.side), settings.side, settings.margin_pixels)
        pixels = cv2.cvtColor(crop, cv2.COLOR_RGB2BGR)
        cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, settings.quality])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("format", nargs="?", default="muct", choices=LAYOUTS)
    parser.add_argument("folder", nargs="?", type=Path, help="the set's raw files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--faces", type=int, default=1500, help="of the drawn set")
    arguments = parser.parse_args()
    # A forked process waits forever for OpenCV's threads, which it does not have.
    cv2.setNumThreads(1)
    settings = value(read(), "cache", CacheSettings)
    count = cores()
    with tempfile.TemporaryDirectory() as scratch:
        root = arguments.folder or Path(scratch) / "raw"
        if not arguments.folder:
            write(arguments.format, root, arguments.faces)
        face_set, scheme = opened(arguments.format, root)
        faces = list(face_set.faces())  # the floor reads no labels
        shares = [faces[core::count] for core in range(count)]
        stage, alone = [], []
        out = Path(scratch) / "cache"
        with ProcessPoolExecutor(count, initializer=keep_freed_memory) as pool:
            for _ in range(arguments.rounds):
                alone.append(
                    seconds(
                        lambda: list(
                            pool.map(floor, [face_set] * count, shares, [settings] * count)
                        )
                    )
                )
                stage.append(seconds(lambda: build(face_set, scheme, settings, out)))
    print(
        json.dumps(
            {
                "set": arguments.format if arguments.folder else f"drawn, as {arguments.format}",
                "faces": len(faces),
                "cores": count,
                "stage_faces_per_s": round(len(faces) / min(stage), 1),
                "floor_faces_per_s": round(len(faces) / min(alone), 1),
                "ratio": round(min(alone) / min(stage), 3),
            }
        )
    )


if __name__ == "__main__":
    main()
