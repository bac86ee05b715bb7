"""From an image to landmarks, with an exported model: numpy, OpenCV and onnxruntime are all that it needs."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from facepoints import FacepointsError, cores
from facepoints.crops.warp import view_affine, warp
from facepoints.inference import pose
from facepoints.inference.card import COVARIANCE, INPUT, KEY, LANDMARKS, POINTS, SCORE, Card
from facepoints.inference.detection import FaceDetector, Haar

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

ACCEPTED = 0.5  # least score of what is taken for a face
LEAST_SIDE = 2.0  # of a box, pixels
BATCH = 32  # faces that the net sees at once
LONGEST_WARPED = 32767  # pixels; OpenCV warps from smaller images alone
SIXTEEN_BITS = 257  # from 65535 to 255


@dataclass(frozen=True)
class Faces:
    """N faces of one image.

    Attributes:
        landmarks: (N, K, 2) float32, image pixels.
        boxes: (N, 4) float32, image pixels: what the net saw of each face; its sides may reach beyond the image.
        scores: (N,) float32 in [0, 1]: whether this looks like a face under these points; 0.5 divides.
        poses: (N, 3) float32, yaw, pitch and roll in degrees (see `facepoints.inference.pose`), or None where the
            scheme does not name the points for it.
        covariances: (N, K, 2, 2) float32, image pixels squared, or None for a head without.
    """

    landmarks: Floats
    boxes: Floats
    scores: Floats
    poses: Floats | None
    covariances: Floats | None

    def __len__(self) -> int:
        return len(self.landmarks)

    def take(self, index: Any) -> "Faces":
        """Some of them."""
        return Faces(
            self.landmarks[index],
            self.boxes[index],
            self.scores[index],
            None if self.poses is None else self.poses[index],
            None if self.covariances is None else self.covariances[index],
        )


class Predictor:
    """An exported model with its detector. One object may serve several threads.

    Args:
        path: the ONNX file; it holds all that is needed.
        detector: that looks for faces where no boxes are given; by default OpenCV's Haar cascade.
        threads: of the CPU, for one call; 0 takes all cores.

    Raises:
        FacepointsError: no such file, or an ONNX file that facepoints did not export.
    """

    def __init__(
        self, path: Path | str, detector: FaceDetector | None = None, threads: int = 0
    ) -> None:
        self.path = Path(path)
        self._session = _session(self.path, threads)
        card = self._session.get_modelmeta().custom_metadata_map.get(KEY)
        if card is None:
            raise FacepointsError(
                f"{self.path}: an ONNX file without a facepoints model card, so that nobody knows what it takes and "
                "gives. Expected a models/CELL/model.onnx of the export stage."
            )
        self.card = Card.from_json(card, self.path)
        self.scheme = self.card.scheme
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._detector = detector or Haar()
        self._searching = threading.Lock()  # OpenCV's detectors serve one thread at a time

    def predict(self, image: NDArray[Any], boxes: NDArray[Any] | None = None) -> Faces:
        """The faces of an image.

        Args:
            image: (H, W, 3) uint8 RGB (OpenCV reads BGR: turn it by `image[..., ::-1]`); grey (H, W), RGBA and 16 bits
                are taken too.
            boxes: (N, 4) x0, y0, x1, y1 in image pixels, drawn by the rule that the model learned from
                (`card.box`; `landmarks`: tight around the points). Without them the detector looks for faces.

        Returns:
            With boxes one face per box, whatever its score; otherwise the faces whose score is at least 0.5, the
            largest first.

        Raises:
            FacepointsError: no image, or boxes without area.
        """
        picture = rgb(image)
        if boxes is not None:
            return self.look(picture, self.card.views(_checked(boxes)))
        return self.detect(picture)

    def detect(self, image: Image) -> Faces:
        """The faces that the detector finds in (H, W, 3) uint8 RGB and the net takes for such, largest first."""
        if self.card.box == "image":  # it learned from whole images
            height, width = image.shape[:2]
            whole = np.array([[-0.5, -0.5, width - 0.5, height - 0.5]], np.float32)
            faces = self.look(image, self.card.views(whole))
        else:
            with self._searching:
                found = self._detector.boxes(image)
            name = self._detector.name
            known = self.card.corrections.get(name)
            views = known.views(found) if known else self.card.views(found)
            faces = self.again(image, self.look(image, views))
        faces = faces.take(faces.scores >= ACCEPTED)
        return faces.take(np.argsort(-(faces.boxes[:, 2] - faces.boxes[:, 0]), kind="stable"))

    def again(self, image: Image, faces: Faces) -> Faces:
        """Another look at faces, each in the box that belongs to the landmarks of the last look.

        A model that learned from whole images sees the same again.
        """
        if self.card.box == "image":
            return self.look(image, faces.boxes)
        tight = np.concatenate([faces.landmarks.min(axis=1), faces.landmarks.max(axis=1)], axis=1)
        tight[:, 2:] = np.maximum(tight[:, 2:], tight[:, :2] + LEAST_SIDE)
        return self.look(image, self.card.corrections[LANDMARKS].views(tight))

    def look(self, image: Image, views: Floats) -> Faces:
        """One look of the net at each of the view boxes (N, 4) of an image (H, W, 3) uint8 RGB."""
        side = self.card.side
        cut = [_view(image, box, side) for box in views]
        given = self.run(np.stack(cut) if cut else np.empty((0, side, side, 3), np.uint8))
        corner, sides = views[:, None, :2], views[:, None, 2:] - views[:, None, :2]
        landmarks = np.asarray(corner + given[POINTS] * sides, np.float32)
        covariances = given.get(COVARIANCE)
        if covariances is not None:
            covariances = covariances * sides[..., None] * sides[..., None, :]
        poses = pose.pose(landmarks, self.scheme) if pose.known(self.scheme) else None
        return Faces(landmarks, np.asarray(views, np.float32), given[SCORE], poses, covariances)

    def run(self, views: Image) -> dict[str, Floats]:
        """What the ONNX file gives for views (N, S, S, 3) uint8 RGB, by name, in view units."""
        if not len(views):  # a graph computes at least one
            one = np.zeros((1, self.card.side, self.card.side, 3), np.uint8)
            return {name: part[:0] for name, part in self.run(one).items()}
        parts = [
            self._session.run(self._outputs, {INPUT: views[start : start + BATCH]})
            for start in range(0, len(views), BATCH)
        ]
        return dict(zip(self._outputs, map(np.concatenate, zip(*parts, strict=True)), strict=True))


def _view(image: Image, box: Floats, side: int) -> Image:
    """What an image shows in a box. OpenCV refuses to warp from very long images: of these only a part is taken."""
    if max(image.shape[:2]) >= LONGEST_WARPED:
        height, width = image.shape[:2]
        left, top = np.clip(np.floor(box[:2]) - 2, 0, (width - 1, height - 1)).astype(int).tolist()
        right, bottom = (
            np.clip(np.ceil(box[2:]) + 2, (left + 1, top + 1), (width, height)).astype(int).tolist()
        )
        image, box = image[top:bottom, left:right], box - np.array([left, top] * 2, np.float32)
    return warp(image, view_affine(box, side), side)


def rgb(image: NDArray[Any]) -> Image:
    """An image as (H, W, 3) uint8 RGB, from RGB, RGBA or grey, of 8 or 16 bits.

    Raises:
        FacepointsError: another shape or type.
    """
    given = np.asarray(image)
    if given.ndim == 2:
        given = given[..., None]
    if given.ndim != 3 or given.shape[2] not in (1, 3, 4) or 0 in given.shape:
        raise FacepointsError(
            f"expected an image (height, width, 3) in RGB; found an array of shape {np.shape(image)}."
        )
    if given.dtype == np.uint16:
        given = np.rint(given / SIXTEEN_BITS).astype(np.uint8)
    if given.dtype != np.uint8:
        raise FacepointsError(
            f"expected an image of unsigned 8 or 16 bits; found {given.dtype}. Where values go from 0 to 1: "
            "(255 * image).astype('uint8')."
        )
    given = np.repeat(given, 3, axis=2) if given.shape[2] == 1 else given[..., :3]
    return np.ascontiguousarray(given)


def _checked(boxes: NDArray[Any]) -> Floats:
    given = np.asarray(boxes, np.float32)
    if given.ndim != 2 or given.shape[1] != 4 or not np.isfinite(given).all():
        raise FacepointsError(
            f"expected boxes (N, 4): x0, y0, x1, y1; found shape {given.shape}: {given.tolist()}."
        )
    small = (given[:, 2:] - given[:, :2] < LEAST_SIDE).any(axis=1)
    if small.any():
        raise FacepointsError(
            f"box {given[small.argmax()].tolist()} has no area: expected x0, y0, x1, y1 with x1 > x0 and y1 > y0, "
            f"at least {LEAST_SIDE:g} pixels apart."
        )
    return given


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise FacepointsError(
            f"{path}: no such file. Expected an exported model, models/CELL/model.onnx: run dvc repro export, or "
            "dvc pull export."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or cores()
    options.log_severity_level = 4  # what is wrong comes as an exception
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own classes have no common base
        reason = str(error).splitlines()[0][:200]
        raise FacepointsError(
            f"{path}: no ONNX model that can be read ({reason}). Fetch or export it again."
        ) from error
