"""A contact sheet of a data set: its crops with their labelled points, for a person to look at."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from facepoints.datasets.face import HIDDEN
from facepoints.schemes.scheme import Scheme
from facepoints.store import tiles
from facepoints.store.crops import Crops, read_spread
from facepoints.store.tiles import Image, Points

FACES, COLUMNS = 48, 8
TILE = 240  # pixels
SEEN_COLOUR, HIDDEN_COLOUR = tiles.BLUE, tiles.ORANGE
LONGEST_CAPTION = 34  # characters that a tile has room for
CAPTION = 0.35


def contact_sheet(folder: Path) -> bytes:
    """A JPEG of up to 48 faces at even distances in a store: seen points blue, hidden ones orange and hollow.

    Lines join the points of the scheme's groups; unlabelled points are not drawn. At the foot stands the face id.

    Raises:
        FacepointsError: no store.
    """
    store = read_spread(folder, FACES)
    drawn = [_tile(store, index) for index in range(len(store.face))]
    return tiles.jpeg(tiles.grid(drawn, COLUMNS))


def _tile(store: Crops, index: int) -> Image:
    margin = store.settings.margin_pixels // 2
    cut = tiles.view(store, index, margin)
    scale = TILE / len(cut)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    tile = np.asarray(cv2.resize(cut, (TILE, TILE), interpolation=method), dtype=np.uint8)
    points = (store.landmarks[index] + margin + np.float32(0.5)) * np.float32(scale) - np.float32(
        0.5
    )
    mark(tile, points, store.labelled[index], store.occlusion[index], store.scheme)
    name = store.face[index][-LONGEST_CAPTION:]
    tiles.caption(tile, name, CAPTION)
    return tile


def mark(
    tile: Image,
    points: Points,
    labelled: npt.NDArray[np.bool_],
    occlusion: npt.NDArray[np.int8],
    scheme: Scheme,
) -> None:
    """Draw one face's points (K, 2), tile pixels, of which (K,) are labelled, and the lines of their groups."""
    for run in scheme.runs():
        starts, ends = np.array(run[:-1], dtype=int), np.array(run[1:], dtype=int)
        both = labelled[starts] & labelled[ends]
        tiles.lines(tile, points[starts[both]], points[ends[both]])
    hidden = occlusion == HIDDEN
    tiles.dots(tile, points[labelled & ~hidden], SEEN_COLOUR)
    tiles.rings(tile, points[labelled & hidden], HIDDEN_COLOUR)
