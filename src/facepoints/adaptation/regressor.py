"""A linear map from the points that a net predicts to the points that people label.

A net that learned from rendered faces marks the places of the head model; people mark the jaw's seen outline, and lids
and brows their own way. What of this is systematic can be learned from the points alone (label adaptation: Wood et al.,
"Fake It Till You Make It", ICCV 2021, by a perceptron of two layers; ridge regression did as well here:
docs/adaptation.md).
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from facepoints import FacepointsError

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class Regressor:
    """From K predicted to L labelled points; whatever turns, scales or shifts the photo does the same to both.

    Attributes:
        mean_shape: (K, 2) of the net, which each face is laid on before and taken back from after. Any unit.
        weights: (2 K, 2 L) of the coordinates of a face that lies on the mean shape.
        offset: (2 L,).
    """

    mean_shape: Floats
    weights: Floats
    offset: Floats

    def __call__(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        """Points (N, L, 2) from points (N, K, 2), in the same frame."""
        turn, shift = _laid_on(self.mean_shape, points)
        laid = _flat(turn * _complex(points) + shift)
        moved = np.einsum("ni,io->no", laid, self.weights) + self.offset
        back = (moved[:, ::2] + 1j * moved[:, 1::2] - shift) / turn
        return np.stack([back.real, back.imag], axis=-1).astype(np.float32)


def fit(
    mean_shape: NDArray[np.floating],
    predicted: NDArray[np.floating],
    true: NDArray[np.floating],
    labelled: NDArray[np.bool_],
    penalty: float,
) -> Regressor:
    """Ridge regression, for each point over the faces that have it labelled; the offset is free.

    Args:
        mean_shape: (K, 2) of the net.
        predicted: (N, K, 2).
        true: (N, L, 2), in the frame of the predicted points.
        labelled: (N, L).
        penalty: of the squared weights, per face, where the mean shape's points lie at a root mean square distance of 1
            from their centre.

    Raises:
        FacepointsError: points that are no numbers, or a point that is labelled in no face.
    """
    if not np.isfinite(predicted).all():
        raise FacepointsError("the model predicts points that are no numbers. Train it again.")
    if never := np.flatnonzero(~labelled.any(axis=0)).tolist():
        raise FacepointsError(
            f"the points {', '.join(map(str, never))} are labelled in none of the {len(labelled)} training faces, so "
            "that nothing tells where they lie. Take the data set out of adapt_to."
        )
    shape = _unit(mean_shape)
    turn, shift = _laid_on(shape, predicted)
    inputs = _flat(turn * _complex(predicted) + shift)
    targets = _flat(turn * _complex(true) + shift)
    weights = np.empty((inputs.shape[1], targets.shape[1]))
    offset = np.empty(targets.shape[1])
    # Points that are labelled in the same faces share one solution.
    kinds, kind = np.unique(labelled, axis=1, return_inverse=True)
    for number, faces in enumerate(kinds.T):
        columns = np.repeat(kind == number, 2)
        weights[:, columns], offset[columns] = _ridge(
            inputs[faces], targets[np.ix_(faces, columns)], penalty
        )
    return Regressor(shape, weights, offset)


def _ridge(inputs: Floats, targets: Floats, penalty: float) -> tuple[Floats, Floats]:
    """Weights (I, T) and offset (T,) that lead from inputs (N, I) to targets (N, T).

    By torch, which `models.predicting.prepare` gives a fixed number of threads: the last bits depend on it.
    """
    known, wanted = torch.from_numpy(inputs), torch.from_numpy(targets)
    centre, middle = known.mean(dim=0), wanted.mean(dim=0)
    known = known - centre
    normal = known.T @ known + penalty * len(known) * torch.eye(known.shape[1]).double()
    weights = torch.linalg.solve(normal, known.T @ (wanted - middle))
    return weights.numpy(), (middle - centre @ weights).numpy()


def _unit(shape: NDArray[np.floating]) -> Floats:
    """About its centre, at a root mean square distance of 1."""
    centred = shape.astype(np.float64) - shape.mean(axis=0, dtype=np.float64)
    return np.asarray(centred / np.sqrt((centred**2).sum(axis=1).mean()))


def _laid_on(shape: Floats, points: NDArray[np.floating]) -> tuple[Complex, Complex]:
    """The similarity of each face (N, 1) that lays its points on a shape as well as it can: z ↦ turn · z + shift."""
    wanted, given = _complex(shape), _complex(points)
    middle = given.mean(axis=1, keepdims=True)
    centred = given - middle
    turn = (centred.conj() * wanted).sum(axis=1, keepdims=True)
    turn = turn / (abs(centred) ** 2).sum(axis=1, keepdims=True)
    return turn, wanted.mean() - turn * middle


def _complex(points: NDArray[np.floating]) -> Complex:
    """x + i y (..., K) of points (..., K, 2)."""
    wide = points.astype(np.float64)
    return np.asarray(wide[..., 0] + 1j * wide[..., 1])


def _flat(numbers: Complex) -> Floats:
    """x, y, x, y … (N, 2 K)."""
    return np.stack([numbers.real, numbers.imag], axis=-1).reshape(len(numbers), -1)
