"""Images in, the same images with landmarks out."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.datasets.folder import PHOTOS, files
from facepoints.datasets.image import read_image
from facepoints.files import replace
from facepoints.inference.predictor import Faces, Predictor
from facepoints.live.drawing import Painter
from facepoints.live.rows import BOX, POSE, Row, numbers, rounded

Floats = NDArray[np.float32]

COLUMNS = ("image", "face", "score", *BOX, *POSE)
CORNERS = ("x0", "y0", "x1", "y1")
SUFFIX = ".jpg"  # of what is written
QUALITY = 95


@dataclass(frozen=True)
class Picture:
    """An image to look at, and where the drawn one goes."""

    image: Path
    out: Path


def chosen(given: Sequence[Path], out: Path) -> list[Picture]:
    """The images themselves and those in the folders, each with a name of its own in `out`.

    Images of a folder keep their subfolders. No image is written over, and of several of one name the later ones get a
    number.

    Raises:
        FacepointsError: a folder without images, or one that is `out`.
    """
    names: dict[Path, Path] = {}  # image → its name in `out`, without suffix
    for path in given:
        if path.is_dir():
            names |= {path / name: Path(name).with_suffix("") for name in _inside(path, out)}
        else:
            names.setdefault(path, Path(path.stem))
    taken = {path.resolve() for path in names}
    pictures = []
    for path, name in names.items():
        place, number = out / f"{name}{SUFFIX}", 1
        while place.resolve() in taken:
            number += 1
            place = out / f"{name}-{number}{SUFFIX}"
        taken.add(place.resolve())
        pictures.append(Picture(path, place))
    return pictures


def _inside(folder: Path, out: Path) -> list[str]:
    """The images of a folder, but for those that an earlier run wrote into `out`."""
    if folder.resolve() == out.resolve():
        raise FacepointsError(f"--out {out}: is the folder of the images. Choose another one.")
    found = [
        name
        for name in files(folder, PHOTOS)
        if out.resolve() not in (folder / name).resolve().parents
    ]
    if not found:
        raise FacepointsError(f"{folder}: no images there or below. Expected {', '.join(PHOTOS)}.")
    return found


def annotate(picture: Picture, predictor: Predictor, boxes: Floats | None) -> Faces:
    """The faces of an image, and the picture of them written.

    Args:
        boxes: (N, 4) image pixels; None: a detector looks for faces.

    Raises:
        FacepointsError: the image cannot be read.
    """
    image = read_image(picture.image, exif=True)
    faces = predictor.predict(image, boxes)
    Painter(predictor.scheme).faces(image, faces)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    content = cv2.imencode(SUFFIX, bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    replace(picture.out, content.tobytes())
    return faces


def rows(picture: Picture, faces: Faces) -> list[Row]:
    """A row per face, 1 the first."""
    poses = [None] * len(faces) if faces.poses is None else list(faces.poses)
    return [
        Row(
            {
                "image": str(picture.image),
                "face": index + 1,
                "score": rounded(faces.scores[index]),
                **numbers(BOX, faces.boxes[index]),
                **numbers(POSE, poses[index]),
            },
            faces.landmarks[index],
        )
        for index in range(len(faces))
    ]


def read_boxes(path: Path, pictures: Sequence[Picture]) -> dict[Path, Floats]:
    """The boxes (N, 4) of each image, from a CSV file with the columns image, x0, y0, x1, y1.

    `image` is a path from here or from the file's folder.

    Raises:
        FacepointsError: no such file, other columns, no numbers, or an image that is not among the pictures.
    """
    known = {picture.image.resolve(): picture.image for picture in pictures}
    found: defaultdict[Path, list[list[float]]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"image", *CORNERS} - set(reader.fieldnames or ())
            if missing:
                raise FacepointsError(
                    f"{path}: expected the columns image, {', '.join(CORNERS)}; {', '.join(sorted(missing))} missing."
                )
            for row in reader:
                where = f"{path}, line {reader.line_num}"
                places = ((base / row["image"]).resolve() for base in (Path(), path.parent))
                image = next((known[place] for place in places if place in known), None)
                if image is None:
                    raise FacepointsError(
                        f"{where}: {row['image']} is not among the images to look at."
                    )
                found[image].append(_corners(row, where))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FacepointsError(f"{path}: no CSV file: {error}.") from error
    return {
        picture.image: np.array(found[picture.image], np.float32).reshape(-1, 4)
        for picture in pictures
    }


def _corners(row: dict[str, str], where: str) -> list[float]:
    try:
        return [float(row[name]) for name in CORNERS]
    except (TypeError, ValueError) as error:
        raise FacepointsError(f"{where}: expected numbers as {', '.join(CORNERS)}.") from error
