"""What a face looks like in a few bytes, and which faces of a set look the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

HASH_SIDE = 8  # of the frequencies kept: 64 bits
HASHED_SIDE = 32  # of the grey image that is transformed
THUMB_SIDE = 24  # of the grey image that pairs are compared by
ROWS = 64  # compared with all others at once


@dataclass(frozen=True)
class Pair:
    """Two faces that look the same; `bits` of their hashes differ, their thumbs correlate by `likeness`."""

    first: int
    second: int
    bits: int
    likeness: float


def perceptual_hash(grey: NDArray[np.uint8]) -> int:
    """64 bits of a grey image (H, W): which of its 8 × 8 lowest frequencies lie above their median.

    The discrete cosine transform of the image at 32 × 32 pixels (pHash: Zauner 2010). Scaling, re-encoding,
    brightness and contrast change few of the bits.
    """
    small = cv2.resize(grey, (HASHED_SIDE, HASHED_SIDE), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small.astype(np.float32))[:HASH_SIDE, :HASH_SIDE].ravel()
    bits = low > np.median(low[1:])  # the first is the brightness
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def thumb(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grey image (H, W) at 24 × 24 pixels."""
    return np.asarray(
        cv2.resize(grey, (THUMB_SIDE, THUMB_SIDE), interpolation=cv2.INTER_AREA), np.uint8
    )


def twins(
    hashes: NDArray[np.uint64],
    thumbs: NDArray[np.uint8],
    groups: Sequence[str],
    splits: Sequence[str],
    most_bits: int,
    least_likeness: float,
) -> Iterator[Pair]:
    """For each of N faces the face of another group that looks most like it, if one looks the same.

    A face on the other side of a split goes before one on the same side. Each pair comes once; no more than N
    come, however many faces look the same.

    Args:
        hashes: (N,) uint64.
        thumbs: (N, 24, 24) uint8.
        most_bits: of the hashes, that may differ.
        least_likeness: correlation of the thumbs.
    """
    group = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)[1]
    split = np.unique(np.asarray(splits, dtype=np.str_), return_inverse=True)[1]
    seen: set[tuple[int, int]] = set()
    for start in range(0, len(hashes), ROWS):
        rows = np.arange(start, min(start + ROWS, len(hashes)))
        bits = np.bitwise_count(hashes[rows, None] ^ hashes[None, :])
        near, others = np.nonzero((bits <= most_bits) & (group[rows, None] != group[None, :]))
        firsts = rows[near]
        likeness = _likeness(thumbs, firsts, others)
        crossing = split[firsts] != split[others]
        # Of each face the last in this order stays: across splits, then most alike.
        best = {
            int(firsts[at]): at
            for at in np.lexsort((likeness, crossing))
            if likeness[at] >= least_likeness
        }
        for first, at in sorted(best.items()):
            pair = (min(first, int(others[at])), max(first, int(others[at])))
            if pair not in seen:
                seen.add(pair)
                yield Pair(*pair, int(bits[near[at], others[at]]), float(likeness[at]))


def _likeness(
    thumbs: NDArray[np.uint8], firsts: NDArray[np.intp], seconds: NDArray[np.intp]
) -> NDArray[np.float64]:
    """The correlation (P,) of P pairs of thumbs; 0 for one of a single colour."""
    found = np.zeros(len(firsts))
    for start in range(0, len(firsts), 4096):  # so that many pairs take little memory
        part = slice(start, start + 4096)
        a, b = _standard(thumbs[firsts[part]]), _standard(thumbs[seconds[part]])
        found[part] = (a * b).sum(axis=1)
    return found


def _standard(thumbs: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Thumbs (P, S, S) as rows (P, S²) of mean 0 and length 1."""
    rows = thumbs.reshape(len(thumbs), -1).astype(np.float64)
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
