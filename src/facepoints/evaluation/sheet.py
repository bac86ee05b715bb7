"""A contact sheet: predicted beside true points on test faces."""

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints.store.crops import Crops
from facepoints.store.faces import decode_crop

COLUMNS = 4
TRUE, PREDICTED = (86, 200, 255), (255, 120, 0)  # RGB; a pair that colour-blind readers can tell
FINE = 4  # binary digits of sub-pixel drawing

Image = NDArray[np.uint8]


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
    tiles = []
    for index in chosen:
        tile = _view(store, index, margin)
        shown = visible[index]
        _lines(tile, true[index][shown] + margin, predicted[index][shown] + margin)
        _dots(tile, true[index][shown] + margin, TRUE)
        _dots(tile, predicted[index] + margin, PREDICTED)
        text = "not scored" if np.isnan(nme[index]) else f"{nme[index]:.2f} %"
        place = (6, tile.shape[0] - 8)
        for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.putText(
                tile, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, width, cv2.LINE_AA
            )
        tiles.append(tile)
    blank = np.full_like(tiles[0], 255)
    columns = min(COLUMNS, len(tiles))
    tiles += [blank] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[at : at + columns]) for at in range(0, len(tiles), columns)]
    return np.asarray(np.vstack(rows), dtype=np.uint8)


def _view(store: Crops, index: int, margin: int) -> Image:
    """The view with part of its margin, as an image that may be drawn on."""
    crop = decode_crop(store.crop[index])
    cut = store.settings.margin_pixels - margin
    side = store.settings.side + 2 * margin
    return np.ascontiguousarray(crop[cut : cut + side, cut : cut + side])


def _lines(tile: Image, starts: NDArray[np.float32], ends: NDArray[np.float32]) -> None:
    for start, end in np.round(np.stack([starts, ends], axis=1) * 2**FINE).astype(int).tolist():
        cv2.line(tile, start, end, (255, 255, 255), 1, cv2.LINE_AA, FINE)


def _dots(tile: Image, points: NDArray[np.float32], colour: tuple[int, int, int]) -> None:
    for x, y in np.round(points * 2**FINE).astype(int).tolist():
        cv2.circle(tile, (x, y), 3 << (FINE - 1), colour, -1, cv2.LINE_AA, FINE)
