"""The pinhole camera: where a posed head lands in the picture."""

from dataclasses import dataclass

import numpy as np

from facepoints.synthetic.mesh import Floats


@dataclass(frozen=True)
class Camera:
    """A head's pose and the camera before it.

    yaw, pitch, roll: degrees; positive yaw turns the face to image right, positive pitch lifts the
        chin, positive roll tilts the crown to image right. Applied in the order yaw, pitch, roll.
    pivot:    (x, y, z) in the mesh, the point that the pose turns around and the camera looks at
    distance: from the camera to the pivot, in mesh units
    focal:    focal length in pixels
    centre:   (x, y) pixel where the pivot lands
    """

    yaw: float
    pitch: float
    roll: float
    pivot: tuple[float, float, float]
    distance: float
    focal: float
    centre: tuple[float, float]

    def rotation(self) -> Floats:
        """(3, 3) matrix from the mesh's axes to the view's: x right, y up, z to the camera."""
        yaw, pitch, roll = np.radians([self.yaw, -self.pitch, -self.roll])
        about_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
        about_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
        about_z = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
        matrix: Floats = np.einsum("ij,jk,kl->il", about_z, about_x, about_y).astype(np.float32)
        return matrix

    def turn(self, vectors: Floats) -> Floats:
        """(V, 3) vectors from the mesh's axes to the view's.

        Written out, not as a matrix product, whose rounding depends on the number of threads.
        """
        matrix = self.rotation()
        x, y, z = vectors[:, 0], vectors[:, 1], vectors[:, 2]
        return np.stack([x * row[0] + y * row[1] + z * row[2] for row in matrix], axis=1)

    def project(self, vertices: Floats) -> Floats:
        """(V, 3) mesh points to (V, 3) float32: pixel x, pixel y, depth."""
        turned = self.turn(vertices - np.asarray(self.pivot, np.float32))
        depth = np.float32(self.distance) - turned[:, 2]
        scale = np.float32(self.focal) / depth
        x = np.float32(self.centre[0]) + turned[:, 0] * scale
        y = np.float32(self.centre[1]) - turned[:, 1] * scale
        return np.stack([x, y, depth], axis=1)
