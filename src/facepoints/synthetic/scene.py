"""One drawn face: all that is random about it, its landmarks, and its picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.synthetic import people
from facepoints.synthetic.background import background
from facepoints.synthetic.camera import Camera
from facepoints.synthetic.glasses import Glasses
from facepoints.synthetic.hair import Hairstyle
from facepoints.synthetic.head import Face, head, landmark_positions
from facepoints.synthetic.mesh import Floats
from facepoints.synthetic.paint import Palette
from facepoints.synthetic.settings import SyntheticSettings
from facepoints.synthetic.shading import Lighting, draw

SUPERSAMPLE = 2
PIVOT = (0.0, -0.35, -0.55)
GAMMA = 2.2
HIDDEN = 0.06  # how far before a point a surface must lie to hide it, in the mesh's unit


@dataclass(frozen=True)
class Scene:
    """A face before a background, ready to be drawn; holds every random choice.

    side:   of the picture, pixels
    blur:   standard deviation, pixels
    noise:  standard deviation, grey levels
    seed:   of what is drawn pixel by pixel: background and noise
    """

    side: int
    face: Face
    palette: Palette
    hairstyle: Hairstyle
    glasses: Glasses
    camera: Camera
    lighting: Lighting
    blur: float
    noise: float
    seed: tuple[int, int, int]


@dataclass(frozen=True)
class Drawing:
    """image (H, W, 3) uint8 RGB; landmarks (68, 2) float32 pixels; seen (68,) bool, not hidden."""

    image: NDArray[np.uint8]
    landmarks: Floats
    seen: NDArray[np.bool_]


def sample(settings: SyntheticSettings, index: int) -> Scene:
    """Face number `index`: its random choices depend on the seed and the index alone.

    Raises:
        FacepointsError: there is no face of that number.
    """
    if not 0 <= index < settings.faces:
        raise FacepointsError(
            f"synthetic: face {index} does not exist; faces are 0 to {settings.faces - 1}."
        )
    random = np.random.default_rng([settings.seed, index])
    one = people.face(random, settings.identity, settings.expression)
    palette, hairstyle = people.palette(random), people.hairstyle(random)
    lighting = people.lighting(random)
    camera = _frame(settings, one, random)
    return Scene(
        settings.side,
        one,
        palette,
        hairstyle,
        people.glasses(random),
        camera,
        lighting,
        float(settings.blur * random.uniform() ** 2),
        float(settings.noise * random.uniform() ** 2),
        (settings.seed, index, 1),
    )


def landmarks(scene: Scene) -> Floats:
    """The landmarks (68, 2) float32 in pixels of the picture, without drawing it."""
    points = landmark_positions(scene.face).astype(np.float32)
    return scene.camera.project(points)[:, :2]


def render(scene: Scene) -> NDArray[np.uint8]:
    """The picture (side, side, 3) uint8 RGB."""
    return drawing(scene).image


def drawing(scene: Scene) -> Drawing:
    """The picture with its landmarks, and which of them no surface hides."""
    mesh = head(scene.face, scene.palette, scene.hairstyle, scene.glasses)
    fine = finer(scene.camera, SUPERSAMPLE)
    side = scene.side * SUPERSAMPLE
    colour, cover, depth = draw(mesh, fine, scene.lighting, side, side)
    random = np.random.default_rng(scene.seed)
    behind = background(random, scene.side) ** np.float32(GAMMA)
    share = shrunk(cover, SUPERSAMPLE)[..., None]
    light = shrunk(np.minimum(colour, 1.0), SUPERSAMPLE) + (1 - share) * behind
    picture = 255 * np.clip(light, 0.0, 1.0) ** np.float32(1 / GAMMA)
    if scene.blur > 0.2:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), scene.blur), np.float32)
    picture = picture + random.standard_normal(picture.shape, np.float32) * np.float32(scene.noise)
    image = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    points = mesh.vertices[mesh.landmarks]
    return Drawing(
        image, scene.camera.project(points)[:, :2], seen(fine.project(points), depth, HIDDEN)
    )


def _frame(settings: SyntheticSettings, one: Face, random: np.random.Generator) -> Camera:
    """A camera that shows the posed face in the wanted size at the wanted place."""
    # Turned heads are as common as straight ones, tilted heads are not.
    yaw = float(settings.yaw * random.uniform(-1, 1))
    pitch = float(settings.pitch * random.uniform(-1, 1) * random.uniform())
    roll = float(settings.roll * random.uniform(-1, 1) * random.uniform())
    distance = float(random.uniform(5.5, 16.0))
    fill = float(random.uniform(settings.fill[0], settings.fill[1]))
    shift = random.uniform(-settings.shift, settings.shift, 2)
    plain = Camera(yaw, pitch, roll, PIVOT, distance, 1.0, (0.0, 0.0))
    points = plain.project(landmark_positions(one).astype(np.float32))[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    focal = float(fill * settings.side / (high - low).max())
    middle = (settings.side - 1) / 2 + shift * settings.side - focal * (low + high) / 2
    return Camera(yaw, pitch, roll, PIVOT, distance, focal, (float(middle[0]), float(middle[1])))


def finer(camera: Camera, factor: int) -> Camera:
    """The same camera with pixels of 1 / factor of the size."""
    x, y = ((at + 0.5) * factor - 0.5 for at in camera.centre)
    return Camera(
        camera.yaw,
        camera.pitch,
        camera.roll,
        camera.pivot,
        camera.distance,
        camera.focal * factor,
        (x, y),
    )


def shrunk(picture: Floats, factor: int) -> Floats:
    """The mean of each factor x factor block."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def seen(points: Floats, depth: Floats, before: float) -> NDArray[np.bool_]:
    """Which projected points (K, 3) lie in the picture with no surface more than `before` in front of them."""
    height, width = depth.shape
    x, y = np.rint(points[:, 0]).astype(int), np.rint(points[:, 1]).astype(int)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    x, y = np.clip(x, 1, width - 2), np.clip(y, 1, height - 2)
    around = np.stack([depth[y + dy, x + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)])
    # A point of the outline may have nothing behind it: the farthest neighbour counts.
    return np.asarray(inside & (around.max(axis=0) > points[:, 2] - before))
