"""Contact sheets: predicted beside true points on test faces."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints.evaluation.uncertainty import HOLDS_90
from facepoints.store import tiles
from facepoints.store.crops import Crops
from facepoints.store.tiles import Image

COLUMNS, WORST_COLUMNS = 4, 6
WORST = 24  # faces
WORST_SIDE = 176  # pixels of their tiles
TRUE, PREDICTED = tiles.BLUE, tiles.ORANGE


@dataclass(frozen=True)
class Drawn:
    """What is drawn of N faces, M points each, in view pixels.

    Attributes:
        predicted, true: (N, M, 2).
        visible: (N, M) bool, which true points are drawn.
        nme: (N,) percent, NaN where a face is not scored.
        covariance: (N, M, 2, 2) of the predicted points, drawn as 90 % ellipses; or None.
    """

    predicted: NDArray[np.float32]
    true: NDArray[np.float32]
    visible: NDArray[np.bool_]
    nme: NDArray[np.float64]
    covariance: NDArray[np.float64] | None


def sheet(store: Crops, chosen: list[int], drawn: Drawn) -> Image:
    """The chosen faces in rows of four: true points blue, predicted ones orange, a line between, the NME below."""
    return tiles.grid([_tile(store, index, drawn) for index in chosen], COLUMNS)


def worst_sheet(store: Crops, nme: NDArray[np.float64], drawn: Drawn) -> tuple[Image, list[int]]:
    """The 24 faces with the largest errors, the worst first, in small tiles; and which these are."""
    scored = np.flatnonzero(np.isfinite(nme))
    chosen = [int(index) for index in scored[np.argsort(-nme[scored], kind="stable")][:WORST]]
    small = [
        cv2.resize(
            _tile(store, index, drawn), (WORST_SIDE, WORST_SIDE), interpolation=cv2.INTER_AREA
        )
        for index in chosen
    ]
    return tiles.grid([np.asarray(tile, dtype=np.uint8) for tile in small], WORST_COLUMNS), chosen


def spread(nme: NDArray[np.float64], count: int) -> list[int]:
    """Faces at even ranks of their error, from the best to the worst: a sheet that flatters nobody."""
    ranked = np.argsort(nme, kind="stable")[: np.isfinite(nme).sum()]  # NaN, not scored, comes last
    places = np.linspace(0, len(ranked) - 1, min(count, len(ranked))).round().astype(int)
    return [int(index) for index in ranked[places]]


def _tile(store: Crops, index: int, drawn: Drawn) -> Image:
    margin = store.settings.margin_pixels // 2
    tile = tiles.view(store, index, margin)
    shown = drawn.visible[index]
    true, predicted = drawn.true[index] + margin, drawn.predicted[index] + margin
    tiles.lines(tile, true[shown], predicted[shown])
    if drawn.covariance is not None:
        tiles.ellipses(tile, predicted, drawn.covariance[index] * HOLDS_90, PREDICTED)
    tiles.dots(tile, true[shown], TRUE)
    tiles.dots(tile, predicted, PREDICTED)
    tiles.caption(tile, f"{drawn.nme[index]:.2f} %")
    return tile
