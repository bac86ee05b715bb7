"""Own data: keypoints in COCO's JSON (cocodataset.org, data format)."""

import posixpath
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facepoints import FacepointsError
from facepoints.datasets.annotations import Entry, category, entries, read
from facepoints.datasets.face import HIDDEN, SEEN, UNKNOWN, Face, Listed
from facepoints.datasets.folder import below, label_file
from facepoints.datasets.image import read_image
from facepoints.datasets.numbers import finite, rectangle
from facepoints.datasets.options import CocoOptions
from facepoints.schemes.scheme import Scheme

IMAGES = "images"
BOXES = {"keypoints": "bbox", "face_kpts": "face_box"}  # what frames which points
VISIBILITY = np.array([UNKNOWN, HIDDEN, SEEN], np.int8)  # of v = 0 (not labelled), 1, 2


class Coco:
    """A folder with photos and one JSON file: images, categories, annotations.

    COCO counts pixels from 0 and marks a keypoint by its pixel, so that whole numbers are centres;
    its boxes span pixels from edge to edge.
    """

    def __init__(self, root: Path, scheme: Scheme, options: CocoOptions) -> None:
        self.root = root
        self.scheme = scheme
        self.options = options

    def faces(self) -> Listed:
        """Every annotation with a labelled keypoint, in the file's order.

        Crowds and annotations without one are left out, and their number printed.

        Raises:
            FacepointsError: the file is missing or wrong; when a face is read: its annotation is. The
                message names the file and the annotation.
        """
        path = self.root / label_file(self.root, ".json", self.options.file)
        content = read(path)
        images = {str(entry.get("id")): entry for entry in entries(content, "images", path)}
        annotations = self._annotations(content, path)
        labelled = [entry for entry in annotations if self._is_face(entry)]
        if not labelled:
            raise FacepointsError(
                f"{path}: no annotation with labelled {self.options.keypoints}. Add them, or choose "
                f"another category in dataset.{self.root.name}.options.category."
            )
        if len(labelled) < len(annotations):
            print(
                f"{path}: {len(annotations) - len(labelled)} annotations of crowds, or without a "
                "labelled point, left out."
            )
        pairs = [(entry, images.get(str(entry.get("image_id")))) for entry in labelled]
        return Listed(pairs, partial(self._face, path=path))

    def image(self, face: Face) -> npt.NDArray[np.uint8]:
        """(H, W, 3) RGB uint8; a photo that is missing though the file names it is unreadable."""
        return read_image(self.root / face.image, self.options.exif)

    def _annotations(self, content: Entry, path: Path) -> list[Entry]:
        """Those of the chosen category."""
        annotations = entries(content, "annotations", path)
        if self.options.keypoints != "keypoints":  # stands in annotations of people
            return annotations
        option = f"dataset.{self.root.name}.options.category"
        chosen = category(content, self.options.category, self.scheme, path, option)
        wanted = str(chosen.get("id"))
        return [entry for entry in annotations if str(entry.get("category_id")) == wanted]

    def _is_face(self, annotation: Entry) -> bool:
        values = annotation.get(self.options.keypoints) or []
        flags = (
            values[2::3] if isinstance(values, list) else [1]
        )  # what is no list is refused later
        return any(flags) and not annotation.get("iscrowd")

    def _face(self, pair: tuple[Entry, Entry | None], path: Path) -> Face:
        annotation, photo = pair
        where = f"{path}, annotation {annotation.get('id')}"
        image_id = annotation.get("image_id")
        if photo is None:
            raise FacepointsError(
                f"{where}: image_id {image_id} is none of the images' ids. Add the image, or "
                "remove the annotation."
            )
        image = self._image(photo, f"{path}, image {image_id}")
        landmarks, labelled, occlusion = self._points(annotation, where)
        return Face(
            image=image,
            landmarks=landmarks,
            labelled=labelled,
            occlusion=occlusion,
            box=self._box(annotation, where),
            group=self._subject(annotation, photo, where) or image,
            split=None,
            subsets=(),
        )

    def _image(self, entry: Entry, where: str) -> str:
        name = entry.get("file_name")
        if not isinstance(name, str):
            raise FacepointsError(f"{where}: expected a file_name; found {name!r}.")
        if self.options.images is not None:
            option = f"dataset.{self.root.name}.options.images"
            return below(below("", self.options.images, option), name, where)
        direct = below("", name, where)
        in_images = posixpath.join(IMAGES, direct)
        there = (self.root / in_images).is_file() and not (self.root / direct).is_file()
        return in_images if there else direct

    def _points(
        self, annotation: Entry, where: str
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_], npt.NDArray[np.int8]]:
        key, count = self.options.keypoints, self.scheme.points
        values = annotation[key]
        if not isinstance(values, list) or len(values) != 3 * count:
            found = len(values) if isinstance(values, list) else type(values).__name__
            raise FacepointsError(
                f"{where}: {key}: expected {3 * count} numbers (x, y, v for each of the {count} points "
                f"of scheme {self.scheme.name}); found {found}. Correct it, or the set's scheme."
            )
        numbers = finite(values, f"{where}: {key}").reshape(count, 3)
        flags = numbers[:, 2]
        if (
            key == "face_kpts"
        ):  # COCO-WholeBody: a confidence, above 0 where the point can be relied on
            occlusion = np.full(count, UNKNOWN, np.int8)
        else:
            known = (flags == 0) | (flags == 1) | (flags == 2)
            if not known.all():
                index = int(known.argmin())
                raise FacepointsError(
                    f"{where}: point {index}: expected v of 0 (not labelled), 1 (hidden) or 2 (seen); "
                    f"found {flags[index]:g}."
                )
            occlusion = VISIBILITY[flags.astype(np.intp)]
        return numbers[:, :2] - np.float32(self.options.first_pixel), flags > 0, occlusion

    def _box(self, annotation: Entry, where: str) -> npt.NDArray[np.float32] | None:
        key = BOXES[self.options.keypoints]
        values = annotation.get(key) or []
        if not isinstance(values, list) or len(values) not in (0, 4):
            raise FacepointsError(
                f"{where}: {key}: expected x, y, width, height; found {values!r}."
            )
        if not any(values):  # COCO-WholeBody writes zeros for a box that is not there
            return None
        return rectangle(
            finite(values, f"{where}: {key}"), self.options.first_pixel, f"{where}: {key}"
        )

    def _subject(self, annotation: Entry, image: Entry, where: str) -> str:
        key = self.options.subject
        if key is None:
            return ""
        attributes = annotation.get("attributes")
        attributes = attributes if isinstance(attributes, dict) else {}
        subject = {**image, **attributes, **annotation}.get(key)
        if not isinstance(subject, str | int) or subject == "":
            raise FacepointsError(
                f"{where}: expected who it shows as {key!r} in it, in its attributes or in its image "
                f"(dataset.{self.root.name}.options.subject); found {subject!r}."
            )
        return str(subject)
