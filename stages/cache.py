"""cache: the crops of one data set."""

from pathlib import Path
from typing import Any

from facepoints import FacepointsError, parameters
from facepoints.crops.settings import CacheSettings
from facepoints.datasets.library import open_set
from facepoints.files import replace
from facepoints.schemes.library import load
from facepoints.store.build import build
from facepoints.store.sheet import contact_sheet
from stages import run


def main(dataset: str) -> None:
    """Write data/cache/DATASET, and data/sheets/DATASET.jpg for a person to look at."""
    params = parameters.read()
    settings = parameters.value(params, "cache", CacheSettings)
    raw = Path("data/raw") / dataset
    scheme = load(parameters.value(params, f"dataset.{dataset}.scheme", str), raw)
    face_set = open_set(
        parameters.value(params, f"dataset.{dataset}.format", str),
        raw,
        scheme,
        parameters.value(params, f"dataset.{dataset}.options", dict[str, Any]),
    )
    out = Path("data/cache") / dataset
    try:
        built = build(face_set, scheme, settings, out)
    except FacepointsError as error:
        raise FacepointsError(
            f"{error}\nThe files in data/raw/{dataset} are read in once, and mended where they came from: in the "
            f"folder of FACEPOINTS_DATA, or by removing .scratch/downloads. Then read them in again: "
            f"dvc repro -f -s download@{dataset}"
        ) from error
    replace(Path(f"data/sheets/{dataset}.jpg"), contact_sheet(out))
    print(f"{dataset}: {built.faces} faces; {len(built.unreadable)} left out as unreadable")
    if settings.box == "detector":
        print(
            f"  {built.missed} missed by the detector: {built.missed - built.left_out} cut by their landmark box, "
            f"{built.left_out} left out"
        )
    for message in built.unreadable:
        print(f"  {message}")


if __name__ == "__main__":
    run(main)
