"""Light on what the rasteriser saw: ambient, directed and mirrored light, pixel by pixel."""

from dataclasses import dataclass

import numpy as np

from facepoints.synthetic.camera import Camera
from facepoints.synthetic.compiled import compiled
from facepoints.synthetic.mesh import Floats, Indices, Mesh, normals
from facepoints.synthetic.rasteriser import rasterise


@dataclass(frozen=True)
class Light:
    """A light from far away, in the view's frame (x right, y up, z to the camera).

    direction: toward the light; any length
    colour:    linear RGB
    """

    direction: tuple[float, float, float]
    colour: tuple[float, float, float]


@dataclass(frozen=True)
class Lighting:
    """All light of a scene: from above and from below, everywhere, and from single directions."""

    sky: tuple[float, float, float]
    ground: tuple[float, float, float]
    lights: tuple[Light, ...]


@dataclass(frozen=True)
class Baked:
    """Light that was worked out vertex by vertex.

    normals: (V, 3) unit, in the mesh's frame
    glow:    (V, 3) linear RGB that each vertex sends out besides the lighting's
    visible: (V, L) share of each single light that reaches the vertex; (V, 0) where all of each does
    """

    normals: Floats
    glow: Floats
    visible: Floats


def draw(
    mesh: Mesh,
    camera: Camera,
    lighting: Lighting,
    height: int,
    width: int,
    baked: Baked | None = None,
    one_sided: int = 0,
) -> tuple[Floats, Floats, Floats]:
    """Draw a mesh.

    Args:
        baked: by default the mesh's own normals, no glow and no shadow.
        one_sided: how many triangles, the first ones, are closed surfaces, whose insides nobody sees.

    Returns:
        colour (H, W, 3) linear RGB, 0 where nothing is; cover (H, W), 1 where the mesh is;
        depth (H, W), infinite where it is not. All float32.
    """
    screen = camera.project(mesh.vertices)
    ids, weights, depth = rasterise(screen, mesh.triangles, height, width, one_sided)
    directions, colours = _lights(lighting)
    if baked is None:
        count = len(mesh.vertices)
        baked = Baked(
            normals(mesh.vertices, mesh.triangles),
            np.zeros((count, 3), np.float32),
            np.empty((count, 0), np.float32),
        )
    turned = camera.turn(baked.normals)
    attributes = np.concatenate(
        [turned, mesh.colours, mesh.shine, baked.glow, baked.visible], axis=1
    )
    colour = np.zeros((height, width, 3), np.float32)
    view = np.array([*camera.centre, camera.focal], np.float32)
    around = np.array([lighting.sky, lighting.ground], np.float32)
    _shade(ids, weights, mesh.triangles, attributes, view, around, directions, colours, colour)
    return colour, (ids >= 0).astype(np.float32), depth


def _lights(lighting: Lighting) -> tuple[Floats, Floats]:
    """Unit directions (L, 3) and colours (L, 3)."""
    directions = np.array([light.direction for light in lighting.lights], np.float32)
    directions = directions.reshape(-1, 3)
    directions /= np.sqrt((directions**2).sum(axis=1, keepdims=True))
    colours = np.array([light.colour for light in lighting.lights], np.float32).reshape(-1, 3)
    return directions, colours


@compiled
def _shade(
    ids: Indices,
    weights: Floats,
    triangles: Indices,
    attributes: Floats,
    view: Floats,
    around: Floats,
    directions: Floats,
    lights: Floats,
    colour: Floats,
) -> None:
    """Hemisphere light, Lambert and Blinn-Phong at each covered pixel, into `colour`.

    attributes: (V, 11 or 11 + L) normal, diffuse colour, strength and exponent of the specular light, glow, and
        perhaps the share of each light that arrives
    view:       the camera's centre x, y and focal length, pixels
    """
    width = attributes.shape[1]
    at = np.zeros(width, np.float32)
    for row in range(ids.shape[0]):
        for column in range(ids.shape[1]):
            index = ids[row, column]
            if index < 0:
                continue
            a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
            wa, wb, wc = weights[row, column, 0], weights[row, column, 1], weights[row, column, 2]
            for k in range(width):
                at[k] = wa * attributes[a, k] + wb * attributes[b, k] + wc * attributes[c, k]
            length = np.sqrt(at[0] ** 2 + at[1] ** 2 + at[2] ** 2) + 1e-9
            nx, ny, nz = at[0] / length, at[1] / length, at[2] / length
            # To the camera, in the view's frame.
            sx, sy, sz = (view[0] - column) / view[2], (row - view[1]) / view[2], 1.0
            length = np.sqrt(sx * sx + sy * sy + sz * sz)
            sx, sy, sz = sx / length, sy / length, sz / length
            above = 0.5 + 0.5 * ny
            for k in range(3):
                ambient = above * around[0, k] + (1.0 - above) * around[1, k]
                colour[row, column, k] = at[3 + k] * ambient + at[8 + k]
            for light in range(directions.shape[0]):
                lx, ly, lz = directions[light, 0], directions[light, 1], directions[light, 2]
                facing = nx * lx + ny * ly + nz * lz
                # Wrapped a little past the terminator, as skin scatters light.
                diffuse = max((facing + 0.15) / 1.15, 0.0)
                glint = 0.0
                if facing > 0.0:
                    hx, hy, hz = sx + lx, sy + ly, sz + lz
                    half = np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-9
                    mirror = (nx * hx + ny * hy + nz * hz) / half
                    if mirror > 0.0:
                        glint = at[6] * mirror ** at[7]
                reached = at[11 + light] if width > 11 else 1.0
                for k in range(3):
                    colour[row, column, k] += (
                        (at[3 + k] * diffuse + glint) * lights[light, k] * reached
                    )
