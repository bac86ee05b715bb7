"""One face from ICT-FaceKit: all factors, its picture, its landmarks and which of them can be seen."""

from dataclasses import dataclass
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.synthetic.camera import Camera
from facepoints.synthetic.facekit.draft import Draft
from facepoints.synthetic.facekit.factors import FACTORS
from facepoints.synthetic.facekit.landmarks import landmarks
from facepoints.synthetic.facekit.model import FaceKit
from facepoints.synthetic.facekit.occlusion import lit
from facepoints.synthetic.facekit.settings import FacekitSettings
from facepoints.synthetic.mesh import Floats, Indices, Mesh, along, unit
from facepoints.synthetic.scene import GAMMA, finer, seen, shrunk
from facepoints.synthetic.shading import Baked, Light, Lighting, draw

SUPERSAMPLE = 2
_SHADOW_SIDE = 320
_HIDDEN = 0.35  # centimetres that a surface must stand before a point to hide it
_DARK = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Drawing:
    """A finished face.

    image:     (H, W, 3) uint8 RGB
    landmarks: by scheme, (K, 2) float32 pixels
    seen:      by scheme, (K,) bool: in the picture, and no surface before it
    """

    image: NDArray[np.uint8]
    landmarks: dict[str, Floats]
    seen: dict[str, NDArray[np.bool_]]


def compose(kit: FaceKit, settings: FacekitSettings, index: int) -> Draft:
    """Face number `index`: it depends on the seeds and the index alone, and each factor on its own seed.

    Raises:
        FacepointsError: there is no face of that number.
    """
    if not 0 <= index < settings.faces:
        raise FacepointsError(
            f"facekit: face {index} does not exist; faces are 0 to {settings.faces - 1}."
        )
    draft = Draft(kit, settings)
    for name, factor in FACTORS.items():
        strength, seed = settings.factors[name], settings.reseed.get(name, settings.seed)
        # One that does not vary is the same on every face.
        numbers = [seed, index] if strength > 0 else [0, 0]
        factor(draft, np.random.default_rng([*numbers, crc32(name.encode())]), strength)
    return draft


def drawing(draft: Draft, schemes: tuple[str, ...]) -> Drawing:
    """The picture, with its landmarks in some schemes."""
    mesh, facing, sky = _assembled(draft)
    camera = finer(draft.view(), SUPERSAMPLE)
    side = draft.settings.side * SUPERSAMPLE
    lights = tuple(draft.lights)
    visible = _visible(draft, mesh, facing, lights)
    baked = Baked(facing, mesh.colours * _ambient(draft, facing) * sky[:, None], visible)
    turned = tuple(_turned(camera, light) for light in lights)
    lighting = Lighting(_DARK, _DARK, turned)
    # The head and its eyes and teeth are closed; ribbons of hair, cloth and the like are not.
    closed = len(draft.drawn())
    colour, cover, depth = draw(mesh, camera, lighting, side, side, baked, closed)
    share = shrunk(cover, SUPERSAMPLE)[..., None]
    picture = shrunk(np.minimum(colour, 4.0), SUPERSAMPLE) + (1 - share) * draft.backdrop
    for finish in draft.finishes:
        picture = finish(picture)
    display = 255 * cv2.pow(np.clip(picture, 0.0, 1.0), 1 / GAMMA)
    image = np.clip(np.rint(display), 0, 255).astype(np.uint8)
    places = {
        scheme: landmarks(draft.kit, draft.vertices, draft.brow, camera, scheme)
        for scheme in schemes
    }
    return Drawing(
        image,
        {scheme: draft.view().project(place)[:, :2] for scheme, place in places.items()},
        {scheme: seen(camera.project(place), depth, _HIDDEN) for scheme, place in places.items()},
    )


def _assembled(draft: Draft) -> tuple[Mesh, Floats, Floats]:
    """Everything as one mesh, with its normals (V, 3) and the share of the sky that reaches it (V,)."""
    kit, pieces = draft.kit, draft.pieces
    starts = np.cumsum([len(draft.vertices), *(len(piece.points) for piece in pieces)])
    triangles: list[Indices] = [draft.drawn()]
    triangles += [p.triangles + np.int32(s) for p, s in zip(pieces, starts, strict=False)]
    open_sky = (1 - draft.jaw) * kit.sky[0] + draft.jaw * kit.sky[1]
    # Teeth and eyeballs lie close behind what the maps of the sky took for closed.
    for name, least in (("teeth", 0.45), ("gums", 0.25), ("left_eye", 0.35), ("right_eye", 0.35)):
        part = kit.part(name)
        open_sky[part] = np.maximum(open_sky[part], least)
    shine = [draft.shine]
    shine += [np.tile(np.array(p.shine, np.float32), (len(p.points), 1)) for p in pieces]
    mesh = Mesh(
        np.concatenate([draft.vertices, *(p.points for p in pieces)]).astype(np.float32),
        np.concatenate(triangles),
        np.concatenate([draft.colours, *(p.colours for p in pieces)]).astype(np.float32),
        np.concatenate(shine),
        np.empty(0, np.int32),
    )
    facing = np.concatenate([draft.normals(), *(p.normals for p in pieces)]).astype(np.float32)
    sky = np.concatenate([open_sky, *(p.sky for p in pieces)]).astype(np.float32)
    return mesh, facing, sky


def _ambient(draft: Draft, facing: Floats) -> Floats:
    """Light from all sides (V, 3) on surfaces that face these ways."""
    total = np.zeros((3, len(facing)), np.float32)
    for lobe in draft.lobes:
        share = (0.5 + 0.5 * along(facing, lobe.direction)) ** 2
        for channel in range(3):
            total[channel] += share * lobe.colour[channel]
    return total.T


def _visible(draft: Draft, mesh: Mesh, facing: Floats, lights: tuple[Light, ...]) -> Floats:
    """Share of each light that reaches each vertex (V, L), as `Baked` has it."""
    if not draft.settings.shadows:
        return np.empty((len(mesh.vertices), 0), np.float32)
    visible = np.ones((len(mesh.vertices), len(lights)), np.float32)
    shown = draft.kit.neutral[draft.kit.part("face")]
    # From a little above the surface, or a surface shades itself.
    raised = mesh.vertices + np.float32(0.15) * facing
    for number, light in enumerate(lights):
        direction = unit(np.array(light.direction, np.float32))
        visible[:, number] = lit(
            raised, mesh.vertices, mesh.triangles, direction, _SHADOW_SIDE, shown
        )
    return visible


def _turned(camera: Camera, light: Light) -> Light:
    """A light of the head's frame in the view's, which is what the shading wants."""
    x, y, z = camera.turn(np.array([light.direction], np.float32))[0]
    return Light((float(x), float(y), float(z)), light.colour)
