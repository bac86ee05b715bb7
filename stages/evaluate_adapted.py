"""evaluate_adapted: one cell's points on one data set's test split, adapted to its labels."""

from pathlib import Path

from facepoints import parameters
from facepoints.adaptation import scoring
from facepoints.adaptation.adapter import read as read_adapter
from facepoints.adapted import SUFFIX
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.splits import table
from facepoints.store.crops import read
from stages import run


def main(dataset: str, name: str) -> None:
    """Write the metrics, each face's error and two sheets, as evaluate does for the cell itself."""
    params = parameters.read()
    settings = parameters.value(params, "evaluate", EvaluationSettings)
    test = parameters.value(params, f"dataset.{dataset}.test", str)
    faces = table.faces(table.read(Path(f"data/splits/{dataset}.csv")), "test")
    store = read(Path("data/cache") / dataset, faces)
    metrics = scoring.evaluate(
        read_adapter(Path(f"data/adapters/{dataset}/{name}.safetensors")),
        scoring.predictions(Path(f"data/predictions/{dataset}/{name}.parquet"), store),
        settings,
        test,
        Path(f"results/evaluate/{dataset}/{name}{SUFFIX}"),
    )
    print(f"{name}{SUFFIX} on {dataset}: NME {metrics['nme']:.3f} % on {metrics['faces']} faces")


if __name__ == "__main__":
    run(main)
