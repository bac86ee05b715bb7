"""Drawing points on stored crops: tiles, and sheets of tiles."""

import cv2
import numpy as np
from numpy.typing import NDArray

from facepoints.store.crops import Crops, decode_crop

Image = NDArray[np.uint8]
Points = NDArray[np.float32]
Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLUE: Colour = (86, 200, 255)
ORANGE: Colour = (255, 120, 0)  # with BLUE a pair that colour-blind readers can tell

FINE = 4  # binary digits of sub-pixel drawing
QUALITY = 85


def view(store: Crops, index: int, margin: int) -> Image:
    """The view of one face with `margin` pixels of what lies around it, as an image that may be drawn on.

    Returns:
        (side + 2 margin, side + 2 margin, 3) RGB.
    """
    crop = decode_crop(store.crop[index])
    cut = store.settings.margin_pixels - margin
    side = store.settings.side + 2 * margin
    return np.ascontiguousarray(crop[cut : cut + side, cut : cut + side])


def dots(tile: Image, points: Points, colour: Colour, radius: float = 1.5) -> None:
    """Filled circles at points (N, 2), tile pixels."""
    for centre in _fine(points):
        cv2.circle(tile, centre, round(radius * 2**FINE), colour, -1, cv2.LINE_AA, FINE)


def rings(tile: Image, points: Points, colour: Colour, radius: float = 2.5) -> None:
    """Hollow circles at points (N, 2), tile pixels."""
    for centre in _fine(points):
        cv2.circle(tile, centre, round(radius * 2**FINE), colour, 1, cv2.LINE_AA, FINE)


def lines(tile: Image, starts: Points, ends: Points, colour: Colour = WHITE) -> None:
    """Lines from starts (N, 2) to ends (N, 2), tile pixels."""
    for start, end in zip(_fine(starts), _fine(ends), strict=True):
        cv2.line(tile, start, end, colour, 1, cv2.LINE_AA, FINE)


def ellipses(tile: Image, points: Points, matrices: NDArray[np.float64], colour: Colour) -> None:
    """The ellipses dᵀ M⁻¹ d = 1 around points (N, 2), for symmetric M (N, 2, 2) in tile pixels squared."""
    values, vectors = np.linalg.eigh(matrices)
    halves = np.sqrt(values.clip(0))[:, ::-1]  # the longer first
    turns = np.degrees(np.arctan2(vectors[:, 1, 1], vectors[:, 0, 1]))
    for centre, (a, b), turn in zip(_fine(points), halves, turns, strict=True):
        axes = (round(a * 2**FINE), round(b * 2**FINE))
        cv2.ellipse(tile, centre, axes, turn, 0, 360, colour, 1, cv2.LINE_AA, FINE)


def caption(tile: Image, text: str, scale: float = 0.5) -> None:
    """One line at the foot of the tile, readable on any ground."""
    place = (6, tile.shape[0] - 8)
    for colour, width in (((0, 0, 0), 3), (WHITE, 1)):
        cv2.putText(tile, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, width, cv2.LINE_AA)


def grid(tiles: list[Image], columns: int) -> Image:
    """Tiles of one shape, in rows of `columns`; the last row is filled with white."""
    columns = min(columns, len(tiles))
    blank = np.full_like(tiles[0], 255)
    filled = [*tiles, *[blank] * (-len(tiles) % columns)]
    rows = [np.hstack(filled[at : at + columns]) for at in range(0, len(filled), columns)]
    return np.asarray(np.vstack(rows), dtype=np.uint8)


def jpeg(image: Image) -> bytes:
    """An RGB sheet as JPEG; the same pixels give the same bytes."""
    pixels = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def _fine(points: Points) -> list[tuple[int, int]]:
    return [(x, y) for x, y in np.round(points * 2**FINE).astype(int).tolist()]
