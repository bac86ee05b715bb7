"""facepoints beside what one would otherwise take: dlib's regression trees, trained on the very same faces.

    python -m benchmarks.peers w300 --cell w300-resnet18-geometric-all-0

trains dlib on the train split of a set whose cache and split stages have run (all its faces; points without a label
are marked as absent), without and with its own jitter, and scores it, the mean shape and trained cells on the test
split. Each face is predicted in its own view, the exact box, and in shifted ones, which are the same for all: off by
up to 7.5 % of the landmarks' box in place, each way, and 10 % in size. What dlib does not get: the validation split,
by which a cell's epoch is chosen; the mirrored, scaled and otherwise changed faces of a cell's augmentation; the
average over the mirrored face of --flip.

NME is the evaluate stage's: percent of the scheme's first normaliser, over labelled points; with a 95 % interval over
groups. `dlib` is the better of its two predictors in each column, chosen on the test faces, in dlib's favour;
`improvement` is 1 − ours / dlib's, paired face by face. Trained predictors are kept in .scratch/peers.
"""

import argparse
import json
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks import boxes, trees
from benchmarks.cells import Predict, cell_points, mean_points
from facepoints import FacepointsError, cores
from facepoints.cell import Cell
from facepoints.crops.settings import CropSettings
from facepoints.evaluation.bootstrap import interval, resampled_means
from facepoints.evaluation.points import match
from facepoints.evaluation.score import errors
from facepoints.models.predicting import prepare
from facepoints.schemes.scheme import Scheme
from facepoints.splits import table
from facepoints.store.crops import Crops, read
from facepoints.store.faces import mean_shape, photo_points, view_points

Floats = NDArray[np.float64]
JITTERS = (0.0, 0.1)
RESAMPLES = 2000
SEED = 0  # of the shifted boxes


def face_errors(
    predict: Predict, scheme: Scheme, store: Crops, draws: list[Tensor]
) -> NDArray[np.float64]:
    """NME per face in percent, the mean over draws of boxes: (N,); NaN where a face cannot be scored.

    Args:
        scheme: of the predicted points.
    """
    true = photo_points(view_points(store), store)
    matched = match(scheme, store.scheme)
    name = store.scheme.normaliser
    found = [
        errors(photo_points(predict(squares), store), true, store, matched, name).nme
        for squares in draws
    ]
    return np.asarray(np.mean(found, axis=0))


def numbers(nme: Floats, groups: list[str]) -> dict[str, float]:
    """The mean NME and its 95 % interval."""
    return {"nme": round(nme.mean(), 3)} | _ends(resampled_means(nme, groups, RESAMPLES), groups)


def improvement(ours: Floats, theirs: Floats, groups: list[str]) -> dict[str, float]:
    """The share of their mean error that ours lacks, 1 − ours / theirs, with a 95 % interval over groups.

    Both means are taken of the same resampled groups, so that what makes a face hard for both cancels.
    """
    means = resampled_means(np.stack([ours, theirs], axis=1), groups, RESAMPLES)
    share = 1 - ours.mean() / theirs.mean()
    return {"share": round(share, 3)} | _ends(1 - means[:, 0] / means[:, 1], groups)


def _ends(resampled: Floats, groups: list[str]) -> dict[str, float]:
    """Of the interval; none of a single group."""
    found = interval(resampled, len(set(groups)))
    return {} if found is None else {"low": round(found[0], 3), "high": round(found[1], 3)}


def padding(crop: CropSettings) -> float:
    """What the views show around the tight box of the landmarks, in its sides.

    Raises:
        FacepointsError: the views are no enlarged landmark boxes.
    """
    if (crop.box, crop.padding_unit, crop.keep_aspect) != ("landmarks", "side", True):
        raise FacepointsError(
            "cache.box, cache.padding_unit, cache.keep_aspect: shifted boxes are measured in sides of the landmarks' "
            f"box; expected landmarks, side and true, not {crop.box}, {crop.padding_unit} and {crop.keep_aspect}."
        )
    return crop.padding


def same_faces(cells: list[str], name: str) -> None:
    """Refuse cells that did not learn from the faces that dlib learns from.

    Raises:
        FacepointsError: a cell of another set or of a part of its faces.
    """
    for each in map(Cell.parse, cells):
        if (each.train_on, each.size) != (name, "all"):
            raise FacepointsError(
                f"{each.name}: learned from {each.size} faces of {each.train_on}, but dlib learns from all training "
                f"faces of {name}, and both are to see the same ones. Choose a cell {name}-MODEL-AUGMENTATION-all-SEED."
            )


def compare(
    name: str, project: Path, cells: list[str], flip: bool, draws: int, plain: trees.TreeSettings
) -> dict[str, Any]:
    """Train dlib where that is still to be done, score all systems, and say what was found.

    Args:
        plain: how dlib learns, but for its jitter.

    Raises:
        FacepointsError: no dlib, a stage of the set has not run, or a cell learned from other faces.
    """
    version = trees.library().__version__
    same_faces(cells, name)
    prepare(0)
    rows = table.read(project / "data" / "splits" / f"{name}.csv")
    cache = project / "data" / "cache" / name
    train, test = (read(cache, table.faces(rows, split)) for split in ("train", "test"))
    generator = torch.Generator().manual_seed(SEED)
    count = len(test.face)
    columns = {
        "exact": [boxes.exact(count)],
        "shifted": [boxes.shifted(count, padding(test.settings), generator) for _ in range(draws)],
    }

    systems: dict[str, tuple[Predict, Scheme]] = {
        "mean shape": (partial(mean_points, mean_shape(train)), train.scheme)
    }
    # Before an hour of dlib's training: a cell may be missing.
    ours = {cell: cell_points(cell, project, train, test, flip) for cell in cells}
    seconds, peers, pictures = {}, [], trees.images(test)
    for jitter in JITTERS:
        peer = f"dlib, jitter {jitter:g}"
        settings = replace(plain, oversampling_translation_jitter=jitter)
        predictor, seconds[peer] = trees.trained(train, settings, project / ".scratch" / "peers")
        systems[peer] = partial(trees.predict, predictor, pictures, test), train.scheme
        peers.append(peer)

    found = {
        system: {
            column: face_errors(predict, scheme, test, squares)
            for column, squares in columns.items()
        }
        for system, (predict, scheme) in (systems | ours).items()
    }
    usable = np.isfinite(found["mean shape"]["exact"])
    if not usable.any():
        raise FacepointsError(
            f"none of the {count} test faces of {name} can be scored: the points of {test.scheme.normaliser} are "
            "not labelled."
        )
    for cell in cells:
        if not all(np.isfinite(nme[usable]).all() for nme in found[cell].values()):
            raise FacepointsError(f"{cell}: predicts points that are no numbers. Train it again.")
    groups = [group for group, scored in zip(test.group, usable, strict=True) if scored]
    found = {
        system: {column: nme[usable] for column, nme in each.items()}
        for system, each in found.items()
    }
    best = {
        column: min(peers, key=lambda peer: float(found[peer][column].mean())) for column in columns
    }
    return {
        "set": name,
        "versions": {
            "dlib": version,
            "torch": torch.__version__,
            "numpy": np.__version__,
            "opencv": cv2.__version__,
        },
        "cores": cores(),
        "faces": {
            "train": len(train.face),
            "train_partly_labelled": int((~train.labelled.all(axis=1)).sum()),
            "test": count,
            "test_left_out": int((~usable).sum()),
            "test_groups": len(set(groups)),
        },
        "normaliser": test.scheme.normaliser,
        "boxes": {
            "padding": padding(test.settings),
            "shift": boxes.SHIFT,
            "scale": boxes.SCALE,
            "draws": draws,
        },
        "flip": flip,
        "dlib_settings": {
            **asdict(plain),
            "oversampling_translation_jitter": JITTERS,
            "crops_enlarged": trees.ENLARGE,
        },
        "seconds_of_training": seconds,
        "systems": {
            system: {column: numbers(nme, groups) for column, nme in each.items()}
            for system, each in found.items()
        },
        "dlib": {
            column: {"of": best[column], **numbers(found[best[column]][column], groups)}
            for column in columns
        },
        "improvement": {
            cell: {
                column: improvement(found[cell][column], found[best[column]][column], groups)
                for column in columns
            }
            for cell in cells
        },
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", help="a data set of the project")
    parser.add_argument("--project", type=Path, default=Path(), help="the folder of params.yaml")
    parser.add_argument("--cell", action="append", default=[], help="a trained cell; repeatable")
    parser.add_argument("--flip", action="store_true", help="average cells with the mirrored image")
    parser.add_argument("--draws", type=int, default=3, help="of shifted boxes per face")
    parser.add_argument(
        "--trees", type=int, default=500, help="of dlib's, per level of its cascade"
    )
    given = parser.parse_args()
    for option in ("draws", "trees"):
        if getattr(given, option) < 1:
            parser.error(f"--{option} {getattr(given, option)}: expected 1 or more.")
    plain = trees.TreeSettings(num_trees_per_cascade_level=given.trees)
    try:
        found = compare(given.set, given.project, given.cell, given.flip, given.draws, plain)
    except FacepointsError as error:
        sys.exit(f"error: {error}")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
