"""A contact sheet: predicted beside true points on test faces."""

import numpy as np
from numpy.typing import NDArray

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
) -> Image:
    """The chosen faces in rows of four: true points blue, predicted ones orange, a line between, the NME at the foot.

    Args:
        chosen: indices into the store.
        predicted: (N, M, 2) view pixels.
        true: (N, M, 2) view pixels.
        visible: (N, M) bool, which true points are drawn.
    """
    margin = store.settings.margin_pixels // 2
    drawn = []
    for index in chosen:
        tile = tiles.view(store, index, margin)
        shown = visible[index]
        tiles.lines(tile, true[index][shown] + margin, predicted[index][shown] + margin)
        tiles.dots(tile, true[index][shown] + margin, TRUE)
        tiles.dots(tile, predicted[index] + margin, PREDICTED)
        tiles.caption(tile, "not scored" if np.isnan(nme[index]) else f"{nme[index]:.2f} %")
        drawn.append(tile)
    return tiles.grid(drawn, COLUMNS)
