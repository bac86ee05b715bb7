"""The cache stage against its floor: decode + warp + encode alone, on the same images and cores.

    python -m benchmarks.cache muct ../data/muct

prints faces/s of both and their ratio (best of several rounds each, alternating). Without arguments it draws faces,
stores them as MUCT's files are stored, and measures on these.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2

from facepoints import cores
from facepoints.crops.box import crop_box
from facepoints.crops.settings import CacheSettings, CropSettings
from facepoints.crops.warp import view_affine, warp
from facepoints.datasets.face import Face, FaceSet
from facepoints.datasets.library import open_set
from facepoints.datasets.muct import HEADER
from facepoints.parameters import read, value
from facepoints.schemes.library import load
from facepoints.store.build import build

SCHEMES = {"muct": "muct76", "w300": "ibug68"}
DRAWN = 60  # distinct faces; copies of them make up the set


def floor(face_set: FaceSet, faces: list[Face], settings: CropSettings) -> None:
    """Decode, warp and encode, with nothing around it; the same work in each process."""
    for face in faces:
        image = face_set.image(face)
        box = crop_box(face, (image.shape[1], image.shape[0]), settings)
        crop = warp(image, view_affine(box, settings.side), settings.side, settings.margin_pixels)
        pixels = cv2.cvtColor(crop, cv2.COLOR_RGB2BGR)
        cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, settings.quality])


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def drawn_muct(folder: Path, count: int) -> Path:
    """`count` photos of 480 × 640 in MUCT's layout, each a drawn face on a grey ground."""
    options = read()["dataset"]["synthetic"]["options"]
    drawn = open_set("synthetic", folder, "ibug68", {**options, "faces": DRAWN, "side": 480})
    (folder / "jpg").mkdir(parents=True)
    (folder / "muct-landmarks").mkdir()
    lines = [",".join(HEADER)]
    encoded = []
    for face in drawn.faces():
        image = cv2.cvtColor(drawn.image(face), cv2.COLOR_RGB2BGR)
        photo = cv2.copyMakeBorder(image, 80, 80, 0, 0, cv2.BORDER_CONSTANT, value=(128,) * 3)
        points = [*(face.landmarks + [0, 80]).tolist(), *(face.landmarks[:8] + [0, 80]).tolist()]
        encoded.append((cv2.imencode(".jpg", photo)[1].tobytes(), points))
    for number in range(count):
        name = f"i{number // 50:03d}{'qrstuvwxyz'[number // 5 % 10]}{'abcde'[number % 5]}-fn"
        data, points = encoded[number % DRAWN]
        (folder / "jpg" / f"{name}.jpg").write_bytes(data)
        lines.append(",".join([name, "0000", *(f"{v:.2f}" for point in points for v in point)]))
    (folder / "muct-landmarks" / "muct76-opencv.csv").write_text("\n".join(lines) + "\n")
    return folder


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("format", nargs="?", default="muct", choices=sorted(SCHEMES))
    parser.add_argument("folder", nargs="?", type=Path, help="the set's raw files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--faces", type=int, default=1500, help="of the drawn set")
    arguments = parser.parse_args()
    if arguments.format != "muct" and not arguments.folder:
        parser.error(f"{arguments.format} needs a folder; drawn faces are stored as MUCT's")
    # A forked process waits forever for OpenCV's threads, which it does not have.
    cv2.setNumThreads(1)
    settings = value(read(), "cache", CacheSettings)
    count = cores()
    with tempfile.TemporaryDirectory() as scratch:
        root = arguments.folder or drawn_muct(Path(scratch) / "muct", arguments.faces)
        scheme = SCHEMES[arguments.format]
        face_set = open_set(arguments.format, root, scheme, {})
        faces = list(face_set.faces())  # the floor reads no labels
        shares = [faces[core::count] for core in range(count)]
        stage, alone = [], []
        out = Path(scratch) / "cache"
        with ProcessPoolExecutor(count) as pool:
            for _ in range(arguments.rounds):
                alone.append(
                    seconds(
                        lambda: list(
                            pool.map(floor, [face_set] * count, shares, [settings] * count)
                        )
                    )
                )
                stage.append(seconds(lambda: build(face_set, load(scheme), settings, out)))
    print(
        json.dumps(
            {
                "set": arguments.format if arguments.folder else "drawn, as muct",
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
