"""download: one data set's raw files, from FACEPOINTS_DATA, its own addresses or the user's folder."""

import os
from pathlib import Path

from facepoints import parameters
from facepoints.sources.fetch import fetch
from facepoints.sources.source import COPIES
from stages import run


def main(dataset: str) -> None:
    """Fill data/raw/DATASET."""
    params = parameters.read()
    digest: str | None = parameters.value(params, f"dataset.{dataset}.digest", str | None)
    faces: int | None = parameters.value(params, f"dataset.{dataset}.faces", int | None)
    copies = os.environ.get(COPIES)
    found = fetch(
        Path("sources") / dataset,
        digest,
        Path("data/raw") / dataset,
        Path(copies) if copies else None,
        Path(".scratch"),
        faces,
    )
    if digest is None and found is not None:
        print(f"{dataset}: to accept only these files, set dataset.{dataset}.digest: {found}")


if __name__ == "__main__":
    run(main)
