"""A contact sheet: predicted beside true points on test faces."""

import numpy as np
from numpy.typing import NDArray

from facepoints.evaluation.uncertainty import HOLDS_95
from facepoints.store import tiles
from facepoints.store.crops import Crops
from facepoints.store.tiles import Image

COLUMNS = 4
TRUE, PREDICTED = tiles.BLUE, tiles.ORANGE


def sheet(
    store: Crops,
    chosen: list[int],
    predicted: NDArray[np.float32],
    true: NDArray[np.float32],
    visible: NDArray[np.bool_],
    nme: NDArray[np.float64],
    covariance: NDArray[np.float64] | None,
) -> Image:
    """The chosen faces in rows of four: true points blue, predicted ones orange, a line between, the NME at the foot.

    Args:
        chosen: indices into the store.
        predicted: (N, M, 2) view pixels.
        true: (N, M, 2) view pixels.
        visible: (N, M) bool, which true points are drawn.
        covariance: (N, M, 2, 2) of the predicted points, view pixels squared; drawn as 95 % ellipses.
    """
    margin = store.settings.margin_pixels // 2
    drawn = []
    for index in chosen:
        tile = tiles.view(store, index, margin)
        shown = visible[index]
        tiles.lines(tile, true[index][shown] + margin, predicted[index][shown] + margin)
        if covariance is not None:
            tiles.ellipses(tile, predicted[index] + margin, covariance[index] * HOLDS_95, PREDICTED)
        tiles.dots(tile, true[index][shown] + margin, TRUE)
        tiles.dots(tile, predicted[index] + margin, PREDICTED)
        tiles.caption(tile, "not scored" if np.isnan(nme[index]) else f"{nme[index]:.2f} %")
        drawn.append(tile)
    return tiles.grid(drawn, COLUMNS)
