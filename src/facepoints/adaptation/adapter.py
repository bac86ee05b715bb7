"""The regressor of one cell and data set: fitted, chosen on the validation split, and kept in a file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from facepoints import FacepointsError
from facepoints.adaptation.regressor import Regressor, fit
from facepoints.evaluation.points import Matched, match
from facepoints.evaluation.score import errors, normaliser_name, per_face
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.models import weights
from facepoints.schemes.scheme import Scheme
from facepoints.store.crops import Crops
from facepoints.store.faces import photo_points, view_points

PENALTIES = tuple(10.0**power for power in range(0, -9, -1))  # the first of equals is taken


@dataclass(frozen=True)
class Adapter:
    """A regressor and what must be known to score it.

    Attributes:
        mean_shape: (K, 2) of the cell, view units.
        scheme: of the cell's points.
        record: how it was found: training and validation faces, the penalty, and the NME of the validation faces before
            and after, in percent; `after_all` over all points of the data set's scheme.
    """

    regressor: Regressor
    mean_shape: NDArray[np.float32]
    scheme: Scheme
    record: Mapping[str, Any]


@dataclass(frozen=True)
class Predicted:
    """Faces with the points (N, K, 2) that a net finds there, photo pixels."""

    store: Crops
    points: NDArray[np.float32]

    def true(self) -> NDArray[np.float32]:
        """The labels (N, L, 2), photo pixels."""
        return photo_points(view_points(self.store), self.store)


def adapted_match(predicted: Scheme, true: Scheme) -> Matched:
    """The points that the cell itself is scored on, of points that are already those of the true scheme."""
    matched = match(predicted, true)
    return replace(matched, predicted=matched.true, convention=true.convention)


def fitted(
    mean_shape: NDArray[np.float32],
    scheme: Scheme,
    train: Predicted,
    validation: Predicted,
    settings: EvaluationSettings,
) -> Adapter:
    """The regressor with the penalty that is best on the validation faces, over all points of their scheme.

    Args:
        mean_shape: (K, 2) of the cell, view units.
        scheme: of the cell's points.
    """
    true = validation.store.scheme
    all_points, labels = match(true, true), train.true()

    def nme(points: NDArray[np.float32], matched: Matched) -> float:
        name = normaliser_name(validation.store, settings)
        found = errors(points, validation.true(), validation.store, matched, name)
        return float(per_face(found, validation.store).nme.mean())

    tried = [
        (fit(mean_shape, train.points, labels, train.store.labelled, penalty), penalty)
        for penalty in PENALTIES
    ]
    scores = [nme(regressor(validation.points), all_points) for regressor, _ in tried]
    regressor, penalty = tried[int(np.argmin(scores))]
    record = {
        "train_faces": len(train.points),
        "validation_faces": len(validation.points),
        "penalty": penalty,
        "before": nme(validation.points, match(scheme, true)),
        "after": nme(regressor(validation.points), adapted_match(scheme, true)),
        "after_all": min(scores),
    }
    return Adapter(regressor, mean_shape, scheme, record)


def write(adapter: Adapter, path: Path) -> None:
    """One safetensors file; the same adapter gives the same bytes."""
    tensors = asdict(adapter.regressor) | {"view_shape": adapter.mean_shape}
    about = {"scheme": adapter.scheme.to_json(), "record": adapter.record}
    weights.write(path, {name: torch.from_numpy(each) for name, each in tensors.items()}, about)


def read(path: Path) -> Adapter:
    """What `write` wrote.

    Raises:
        FacepointsError: the file is missing, or is no adapter.
    """
    tensors, about = weights.read(path)
    try:
        arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
        view_shape = arrays.pop("view_shape")
        scheme = Scheme.from_json(about["scheme"], str(path))
        return Adapter(Regressor(**arrays), view_shape, scheme, about["record"])
    except (KeyError, TypeError) as error:
        raise FacepointsError(
            f"{path}: expected what the adapt stage writes ({error}). Run dvc repro."
        ) from error
