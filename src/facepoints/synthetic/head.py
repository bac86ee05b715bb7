"""The parametric head: numbers to a mesh."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facepoints.synthetic import parts
from facepoints.synthetic.curves import Numbers
from facepoints.synthetic.fields import EXPRESSION, IDENTITY
from facepoints.synthetic.glasses import Glasses
from facepoints.synthetic.hair import Hairstyle, cover, growth
from facepoints.synthetic.mesh import Mesh
from facepoints.synthetic.paint import Palette, paint
from facepoints.synthetic.relief import EYE_CENTRE, EYE_RADIUS, LID_RADIUS
from facepoints.synthetic.template import POCKET, Template, template

_JOINT = np.array([0.0, -0.12, -0.88])  # the axis that the jaw turns about


@dataclass(frozen=True)
class Face:
    """One face's numbers; all zero is the mean face, mouth closed and eyes open.

    identity:   by the names of `fields.IDENTITY`, about -1 to 1; absent ones are 0
    expression: by the names of `fields.EXPRESSION`, about 0 to 1
    jaw:        how far the jaw is open, radians
    closed:     how far the right and the left eye are closed: 0 open, 1 shut, below 0 wide
    gaze:       the eyes' yaw and pitch, degrees
    """

    identity: dict[str, float]
    expression: dict[str, float]
    jaw: float = 0.0
    closed: tuple[float, float] = (0.0, 0.0)
    gaze: tuple[float, float] = (0.0, 0.0)


def positions(face: Face) -> Numbers:
    """The face's vertices (V, 3), hair left out."""
    model = template()
    identity = _coefficients(IDENTITY, face.identity)
    expression = _coefficients(EXPRESSION, face.expression)
    skin = model.skin + _weighed(identity, model.identity) + _weighed(expression, model.expression)
    skin = _turned(skin, face.jaw * model.jaw)
    fixed = model.fixed + _weighed(identity, model.fixed_identity)
    lower = slice(
        model.starts["lower_teeth"] - model.starts["upper_teeth"],
        model.starts["right_ear"] - model.starts["upper_teeth"],
    )
    fixed[lower] = _turned(fixed[lower], np.full(lower.stop - lower.start, 0.92 * face.jaw))
    centres = np.stack([EYE_CENTRE * [-1, 1, 1], EYE_CENTRE])
    centres = centres + _weighed(identity, model.eye_identity)
    size = 1 + 0.07 * face.identity.get("eye_size", 0.0)

    eyelids, balls = [], []
    for centre, (upper, lower_lid), closed in zip(centres, model.lids, face.closed, strict=True):
        _close(skin, upper, lower_lid, closed)
        _drape(skin, np.concatenate([upper.ravel(), lower_lid.ravel()]), centre, LID_RADIUS * size)
        for edge in (upper[0], lower_lid[0]):
            eyelids.append(centre + (skin[edge] - centre) * 0.90)
        balls.append(centre + EYE_RADIUS * size * _looking(face.gaze))
    return np.concatenate([skin, *eyelids, _pocket(model, skin), fixed, *balls])


def head(face: Face, palette: Palette, hairstyle: Hairstyle, glasses: Glasses = "none") -> Mesh:
    """The painted mesh of one face."""
    model = template()
    vertices = positions(face)
    hair = cover(hairstyle)
    colours, shine = paint(palette, hair)
    vertices[: len(model.skin)] += growth(hairstyle, hair)
    triangles = [model.triangles]
    if glasses != "none":
        triangles.append(model.frame)
    if glasses == "dark":
        triangles.append(model.lenses)
    return Mesh(
        vertices.astype(np.float32), np.concatenate(triangles), colours, shine, model.landmarks
    )


def landmark_positions(face: Face) -> Numbers:
    """The face's landmarks (68, 3)."""
    return positions(face)[template().landmarks]


def _coefficients(names: tuple[str, ...], given: dict[str, float]) -> Numbers:
    return np.array([given.get(name, 0.0) for name in names])


def _weighed(coefficients: Numbers, basis: Numbers) -> Numbers:
    """Sum of fields (F, N, 3), weighed; no matrix product, whose rounding depends on threads."""
    total = np.zeros(basis.shape[1:])
    for coefficient, field in zip(coefficients, basis, strict=True):
        if coefficient:
            total += coefficient * field
    return total


def _turned(points: Numbers, angle: NDArray[np.float64]) -> Numbers:
    """Points (N, 3), each turned about the jaw's axis by its own angle (N,); positive opens."""
    away = points - _JOINT
    cosine, sine = np.cos(angle), np.sin(angle)
    up = cosine * away[:, 1] - sine * away[:, 2]
    forward = sine * away[:, 1] + cosine * away[:, 2]
    return np.stack([points[:, 0], _JOINT[1] + up, _JOINT[2] + forward], axis=1)


def _close(
    skin: Numbers, upper: NDArray[np.int32], lower: NDArray[np.int32], closed: float
) -> None:
    """Move the lids of one eye toward each other, in place."""
    gap = skin[lower[0]] - skin[upper[0]]
    for lid, share in ((upper, 0.82), (lower, -0.18)):
        fade = np.linspace(1.0, 0.0, len(lid)) ** 1.2
        skin[lid] += (closed * share * fade)[:, None, None] * gap


def _drape(skin: Numbers, lid: NDArray[np.int32], centre: Numbers, radius: float) -> None:
    """Lift lid vertices that lie inside the eyeball onto it, in place."""
    lid = np.unique(lid)
    away = skin[lid] - centre
    inside = (away[:, 0] ** 2 + away[:, 1] ** 2 < radius**2) & (away[:, 2] > 0)
    depth = np.sqrt(np.maximum(radius**2 - away[:, 0] ** 2 - away[:, 1] ** 2, 0.0))
    away[:, 2] = np.where(inside, np.maximum(away[:, 2], depth), away[:, 2])
    skin[lid] = centre + away


def _looking(gaze: tuple[float, float]) -> Numbers:
    """The unit eyeball's points, turned by gaze yaw and pitch."""
    yaw, pitch = np.radians(gaze)
    points = parts.eyeball().points
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
    )
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    turned: Numbers = np.einsum("ij,jk,nk->ni", about_y, about_x, points)
    return turned


def _pocket(model: Template, skin: Numbers) -> Numbers:
    """The mouth's inside (P, 3), hung between the lips' edges."""
    upper, lower = skin[model.lips[0]], skin[model.lips[1]]
    taper = np.sqrt(np.clip(1 - np.linspace(-1, 1, len(upper)) ** 2, 0.0, 1.0))
    share = POCKET[:, 0, None, None]
    rows = (1 - share) * upper + share * lower
    rows[..., 1] += POCKET[:, 1, None] * taper
    rows[..., 2] += POCKET[:, 2, None] * taper
    return rows.reshape(-1, 3)
