"""cache: the crops of one data set."""

from pathlib import Path
from typing import Any

from facepoints import FacepointsError, parameters
from facepoints.crops.settings import CacheSettings
from facepoints.datasets.library import open_set
from facepoints.schemes.library import load
from facepoints.store.build import build
from stages import run


def main(dataset: str) -> None:
    """Write data/cache/DATASET."""
    params = parameters.read()
    settings = parameters.value(params, "cache", CacheSettings)
    scheme = parameters.value(params, f"dataset.{dataset}.scheme", str)
    face_set = open_set(
        parameters.value(params, f"dataset.{dataset}.format", str),
        Path("data/raw") / dataset,
        scheme,
        parameters.value(params, f"dataset.{dataset}.options", dict[str, Any]),
    )
    try:
        built = build(face_set, load(scheme), settings, Path("data/cache") / dataset)
    except FacepointsError as error:
        raise FacepointsError(
            f"{error}\nThe files in data/raw/{dataset} are read in once, and mended where they came from: in the "
            f"folder of FACEPOINTS_DATA, or by removing .scratch/downloads. Then read them in again: "
            f"dvc repro -f -s download@{dataset}"
        ) from error
    print(f"{dataset}: {built.faces} faces; {len(built.unreadable)} left out as unreadable")
    for message in built.unreadable:
        print(f"  {message}")


if __name__ == "__main__":
    run(main)
