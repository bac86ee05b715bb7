"""start: the weights that one model begins with."""

from pathlib import Path

from facepoints import parameters
from facepoints.models.start import start_weights
from facepoints.models.weights import write
from stages import run


def main(model: str) -> None:
    """Write models/start/MODEL.safetensors; the only stage that asks the network for weights."""
    params = parameters.read()
    backbone = parameters.value(params, f"model.{model}.backbone", str)
    weights = parameters.value(params, f"model.{model}.weights", str)
    write(Path(f"models/start/{model}.safetensors"), *start_weights(backbone, weights, model))


if __name__ == "__main__":
    run(main)
