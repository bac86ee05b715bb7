"""The adapted points of a cell on the test split: from what evaluate predicted there, without the net."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from facepoints import FacepointsError
from facepoints.adaptation.adapter import Adapter, Predicted, adapted_match
from facepoints.evaluation.measured import Besides, measure
from facepoints.evaluation.points import match
from facepoints.evaluation.score import errors, nme_of, normaliser_name
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.store.crops import Crops
from facepoints.store.faces import photo_points


def predictions(path: Path, store: Crops) -> Predicted:
    """The faces of a store with the points that evaluate predicted for them.

    Raises:
        FacepointsError: the file is missing, or is of other faces.
    """
    try:
        table = pq.read_table(path, columns=["face", "landmarks"])
    except (OSError, pa.ArrowInvalid) as error:
        raise FacepointsError(f"{path}: cannot be read ({error}). Run dvc repro.") from error
    if table.column("face").to_pylist() != store.face:
        raise FacepointsError(
            f"{path}: expected predictions of the test split's {len(store.face)} faces, found {len(table)} of others. "
            "Run dvc repro."
        )
    flat = table.column("landmarks").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return Predicted(store, flat.reshape(len(store.face), -1, 2))


def evaluate(
    adapter: Adapter, test_faces: Predicted, settings: EvaluationSettings, test: str, results: Path
) -> dict[str, Any]:
    """Measure the adapted points as the cell's own are measured: the same faces, points and mean shape.

    Beyond that, `nme_all` is over all points of the data set's scheme where the cell itself is scored on fewer, and
    `adaptation` tells how the adapter was found.

    Args:
        test: how the test split was made, `official`, `hash` or `all`.
        results: of the files that `measure` writes.

    Returns:
        The metrics.
    """
    store, true = test_faces.store, test_faces.true()
    name = normaliser_name(store, settings)
    points = adapter.regressor(test_faces.points)
    matched = adapted_match(adapter.scheme, store.scheme)
    found = errors(points, true, store, matched, name)
    nme_all = None
    if len(set(matched.true)) < (count := store.scheme.points):
        all_found = errors(points, true, store, match(store.scheme, store.scheme), name)
        nme_all = nme_of(all_found, np.ones(count, dtype=np.bool_))
    shape = np.broadcast_to(adapter.mean_shape, (len(points), *adapter.mean_shape.shape))
    own = match(adapter.scheme, store.scheme)
    baseline = errors(photo_points(shape, store), true, store, own, name)
    besides = Besides(more={"nme_all": nme_all, "adaptation": adapter.record})
    return measure(points, found, baseline, store, matched, name, settings, test, results, besides)
