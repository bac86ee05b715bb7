"""A face in the making: what the factors fill in, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from facepoints.synthetic.camera import Camera
from facepoints.synthetic.facekit.brow import Brow
from facepoints.synthetic.facekit.landmarks import INNER_LIPS
from facepoints.synthetic.facekit.model import FaceKit
from facepoints.synthetic.facekit.regions import Regions, regions
from facepoints.synthetic.facekit.settings import FacekitSettings
from facepoints.synthetic.mesh import Floats, Indices, normals
from facepoints.synthetic.shading import Light

# A face whose factors are all off: linear RGB.
PLAIN_SKIN = (0.50, 0.28, 0.18)
PLAIN_WALL = 0.25

_CLOSED = 0.1  # centimetres between the lips

# What the sensor does to a picture (H, W, 3), linear light from 0 to 1.
Finish = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Piece:
    """A surface of its own, in the head's frame: hair, glasses, a hand.

    points (N, 3), triangles (T, 3), colours (N, 3) linear RGB, shine (2,), normals (N, 3) unit;
    sky: share (N,) of the light from all sides that arrives
    """

    points: Floats
    triangles: Indices
    colours: Floats
    shine: tuple[float, float]
    normals: Floats
    sky: Floats


@dataclass(frozen=True)
class Lobe:
    """Soft light from all around one direction (3,), colour linear RGB (3,): ((1 + cos) / 2)^2 of it arrives."""

    direction: Floats
    colour: Floats


@dataclass
class Draft:
    """What is known of the face so far; at first a plain mean face, seen from the front.

    vertices: (V, 3) of the kit
    jaw:      how far the jaw is open, 0 to 1
    colours:  (V, 3) linear RGB, shine (V, 2)
    pieces:   what was added to the kit's surfaces
    skin, hair: colours that several factors share
    camera:   None until the pose is known
    lobes, lights: all light
    backdrop: (side, side, 3) linear RGB
    finishes: what the sensor does, in this order
    """

    kit: FaceKit
    settings: FacekitSettings
    vertices: Floats = field(init=False)
    jaw: float = 0.0
    colours: Floats = field(init=False)
    shine: Floats = field(init=False)
    pieces: list[Piece] = field(default_factory=list)
    brow: Brow = field(default_factory=Brow)
    skin: Floats = field(default_factory=lambda: np.array(PLAIN_SKIN, np.float32))
    hair: Floats = field(default_factory=lambda: np.array([0.04, 0.025, 0.015], np.float32))
    camera: Camera | None = None
    lobes: list[Lobe] = field(default_factory=list)
    lights: list[Light] = field(default_factory=list)
    backdrop: Floats = field(init=False)
    finishes: list[Finish] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.vertices = self.kit.neutral.copy()
        count = len(self.vertices)
        self.colours = np.tile(self.skin, (count, 1))
        self.shine = np.tile(np.array([0.08, 14.0], np.float32), (count, 1))
        self.backdrop = np.full((self.settings.side, self.settings.side, 3), PLAIN_WALL, np.float32)

    @property
    def regions(self) -> Regions:
        """Where on the kit lips, brows, hair … are."""
        return regions(self.kit)

    def drawn(self) -> Indices:
        """The kit's triangles that can be seen: what lies behind closed lips cannot."""
        upper, lower = self.vertices[list(INNER_LIPS[0])], self.vertices[list(INNER_LIPS[1])]
        closed = (upper[:, 1] - lower[:, 1]).max() < _CLOSED
        return self.kit.triangles[self.kit.outer] if closed else self.kit.triangles

    def normals(self) -> Floats:
        """Of the kit's vertices as they are now (V, 3)."""
        return normals(self.vertices, self.kit.triangles)

    def view(self) -> Camera:
        """The camera.

        Raises:
            RuntimeError: a factor that needs it stands before the pose.
        """
        if self.camera is None:
            raise RuntimeError("The pose must come before what depends on the camera.")
        return self.camera

    def paint(self, colour: Floats, share: Floats) -> None:
        """Lay a colour (3,) or (V, 3) over the kit where `share` (V,) is above 0."""
        self.colours += share[:, None] * (colour - self.colours)


def mixed(one: Floats, other: Floats, share: float) -> Floats:
    """A colour between two."""
    result: Floats = (one + share * (other - one)).astype(np.float32)
    return result
