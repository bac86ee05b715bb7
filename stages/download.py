"""download: one data set's raw files, from FACEPOINTS_DATA or its own addresses."""

import os
from pathlib import Path

from facepoints import parameters
from facepoints.sources.fetch import fetch
from stages import run


def main(dataset: str) -> None:
    """Fill data/raw/DATASET."""
    digest: str | None = parameters.value(
        parameters.read(), f"dataset.{dataset}.digest", str | None
    )
    copies = os.environ.get("FACEPOINTS_DATA")
    found = fetch(
        Path("sources") / dataset,
        digest,
        Path("data/raw") / dataset,
        Path(copies) if copies else None,
        Path(".scratch"),
    )
    if digest is None and found is not None:
        print(f"{dataset}: to accept only these files, set dataset.{dataset}.digest: {found}")


if __name__ == "__main__":
    run(main)
