"""evaluate: one cell on one data set's test split; the only stage that reads test faces."""

from functools import partial
from pathlib import Path

from facepoints import parameters
from facepoints.cell import Cell
from facepoints.evaluation.cell import evaluate
from facepoints.evaluation.exported import exported
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.inference.detection import detectors
from facepoints.inference.predictor import Predictor
from facepoints.models import weights
from facepoints.models.predicting import prepare
from facepoints.models.settings import ModelSettings
from facepoints.splits import table
from facepoints.store.crops import read
from stages import run


def main(dataset: str, name: str) -> None:
    """Write the cell's metrics, each face's error, two sheets and the predictions on DATASET."""
    params = parameters.read()
    settings = parameters.value(params, "evaluate", EvaluationSettings)
    model_settings = parameters.value(params, f"model.{Cell.parse(name).model}", ModelSettings)
    test = parameters.value(params, f"dataset.{dataset}.test", str)
    prepare(settings.threads)
    model, scheme, _ = weights.load(Path(f"models/{name}/model.safetensors"), model_settings)
    last, _, _ = weights.load(Path(f"models/{name}/last.safetensors"), model_settings)
    faces = table.faces(table.read(Path(f"data/splits/{dataset}.csv")), "test")
    metrics = evaluate(
        model,
        last,
        scheme,
        read(Path("data/cache") / dataset, faces),
        settings,
        test,
        Path(f"results/evaluate/{dataset}/{name}"),
        Path(f"data/predictions/{dataset}/{name}.parquet"),
        partial(exported, predictors(name, settings.threads), detectors())
        if settings.exported
        else None,
    )
    print(f"{name} on {dataset}: NME {metrics['nme']:.3f} % on {metrics['faces']} faces")


def predictors(name: str, threads: int) -> dict[str, Predictor]:
    """The cell's exported models by precision, fp32 first."""
    out = Path(f"models/{name}")
    files = [out / "model.onnx", *sorted((out / "smaller").glob("*.onnx"))]
    models = [Predictor(file, threads=threads) for file in files]
    return {model.card.content["precision"]: model for model in models}


if __name__ == "__main__":
    run(main)
