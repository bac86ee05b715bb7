"""Shapes without place, size and rotation: a set's mean shape, and how far faces lie from it.

Points are complex numbers x + i y here: a similarity without reflection is then p → a p + b, and the best one has
a closed form (Dryden and Mardia: Statistical Shape Analysis, 1998, chapter 3).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS = 10
# A similarity has four parameters: two points fit any shape.
FEWEST_POINTS = 3
SMALLEST = 1e-12  # of a squared size: below it all points of a face coincide

Complex = NDArray[np.complex128]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A shape laid on N faces. NaN where a face has too few points to tell.

    Attributes:
        turn: (N,) complex, the a of each face.
        shift: (N,) complex, the b.
        distance: (N,) full Procrustes distance, from 0 (the same shape) to 1.
    """

    turn: Complex
    shift: Complex
    distance: Floats


def as_complex(landmarks: NDArray[np.floating]) -> Complex:
    """Points (..., K, 2) as complex numbers (..., K)."""
    return landmarks[..., 0].astype(np.float64) + 1j * landmarks[..., 1].astype(np.float64)


def fit(shape: Complex, faces: Complex, labelled: Bools) -> Fit:
    """Lay `shape` (K,) on each of `faces` (N, K) by least squares over its labelled points."""
    counts = labelled.sum(axis=1)
    shapes, shape_centres = _centred(np.broadcast_to(shape, faces.shape), labelled)
    points, centres = _centred(faces, labelled)
    shape_size = (np.abs(shapes) ** 2).sum(axis=1)
    size = (np.abs(points) ** 2).sum(axis=1)
    product = (shapes.conj() * points).sum(axis=1)
    enough = (counts >= FEWEST_POINTS) & (size > SMALLEST) & (shape_size > SMALLEST)
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.where(enough, product / shape_size, np.nan)
        explained = np.where(enough, np.abs(product) ** 2 / (shape_size * size), np.nan)
    distance = np.sqrt(np.clip(1 - explained, 0, 1))
    return Fit(turn, centres - turn * shape_centres, distance)


def mean(faces: Complex, labelled: Bools) -> Complex:
    """The mean shape (K,) of `faces` (N, K), each with enough labelled points: upright as most are, of size 1.

    It begins as the full Procrustes mean (the leading eigenvector of the shapes' products: Kent 1994), which needs
    no first guess; then each point is the median over the aligned faces, so that wrong labels do not draw it away.
    """
    points, _ = _centred(faces, labelled)
    size = np.sqrt((np.abs(points) ** 2).sum(axis=1, keepdims=True))
    shapes = points / np.maximum(size, SMALLEST)
    shape = np.linalg.eigh(shapes.T @ shapes.conj())[1][:, -1]
    known = labelled.any(
        axis=0
    )  # a point that no face has stays at 0: nothing is ever measured at it
    for _ in range(ROUNDS):
        fitted = fit(shape, faces, labelled)
        used = ~np.isnan(fitted.distance)
        aligned = (faces[used] - fitted.shift[used, None]) / fitted.turn[used, None]
        masked = np.where(labelled[used], aligned, np.nan)[:, known]
        shape[known] = np.nanmedian(masked.real, axis=0) + 1j * np.nanmedian(masked.imag, axis=0)
        shape = (shape - shape[known].mean()) / np.linalg.norm(shape[known] - shape[known].mean())
    turns = fit(shape, faces, labelled).turn
    turns = turns[np.abs(turns) > 0]  # points of one place have none
    upright = (turns / np.abs(turns)).sum()
    return np.asarray(shape * upright / abs(upright))


def _centred(points: Complex, labelled: Bools) -> tuple[Complex, Complex]:
    """Points (N, K) around the mean of the labelled ones, 0 where not labelled; and these means (N,)."""
    known = np.where(labelled, points, 0)
    centres = known.sum(axis=1) / np.maximum(labelled.sum(axis=1), 1)
    return np.where(labelled, points - centres[:, None], 0), centres
