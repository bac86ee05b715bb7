"""adapt: from one cell's points to the labels of one data set, learned from training faces; no test face is read."""

from pathlib import Path

from facepoints import FacepointsError, parameters
from facepoints.adaptation.adapter import Predicted, fitted, write
from facepoints.cell import Cell
from facepoints.evaluation.predictions import points_of
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.models import weights
from facepoints.models.predicting import prepare
from facepoints.models.settings import ModelSettings
from facepoints.splits import table
from facepoints.store.crops import read
from facepoints.store.faces import encoded, photo_points
from stages import run


def main(dataset: str, name: str) -> None:
    """Write the regressor that is fitted on DATASET's training split, and chosen on its validation split."""
    params = parameters.read()
    settings = parameters.value(params, "evaluate", EvaluationSettings)
    model_settings = parameters.value(params, f"model.{Cell.parse(name).model}", ModelSettings)
    prepare(settings.threads)
    model, scheme, _ = weights.load(Path(f"models/{name}/model.safetensors"), model_settings)
    rows = table.read(Path(f"data/splits/{dataset}.csv"))

    def predicted(split: str) -> Predicted:
        store = read(Path("data/cache") / dataset, table.faces(rows, split))
        points = points_of(model, encoded(store, model.input), scheme, settings).points
        return Predicted(store, photo_points(points.numpy(), store))

    shape = model.mean_shape.numpy()
    try:
        adapter = fitted(shape, scheme, predicted("train"), predicted("validation"), settings)
    except FacepointsError as error:
        raise FacepointsError(f"{name} adapted to {dataset}: {error}") from error
    write(adapter, Path(f"data/adapters/{dataset}/{name}.safetensors"))
    found = adapter.record
    print(
        f"{name} adapted to {dataset} on {found['train_faces']} faces: NME {found['before']:.3f} % before, "
        f"{found['after']:.3f} % after, on {found['validation_faces']} validation faces"
    )


if __name__ == "__main__":
    run(main)
