"""Does a mirrored face, its points renamed by the permutation, still look like a face?"""

import os
from pathlib import Path

import numpy as np
import pytest

from facepoints.schemes.library import load
from facepoints.schemes.scheme import Scheme

pytestmark = pytest.mark.real


def shapes(name: str) -> np.ndarray:
    """(N, K, 2) points of a real set, not labelled ones NaN; read without the project's loaders."""
    root = Path(os.environ["FACEPOINTS_DATA"])
    if name == "ibug68":
        texts = [path.read_text() for path in sorted((root / "300w").rglob("*.pts"))]
        return np.array([[line.split() for line in t.splitlines()[3:71]] for t in texts], float)
    if name == "wflw98":
        lists = {
            path.stem: path.read_text().splitlines() for path in (root / "wflw").rglob("*.txt")
        }
        turned = set(lists["list_98pt_test_largepose"])
        kept = sorted({line for lines in lists.values() for line in lines} - turned)
        return np.array([line.split()[:196] for line in kept], float).reshape(-1, 98, 2)
    lines = (root / "muct/muct-landmarks/muct76-opencv.csv").read_text().splitlines()[1:]
    # Cameras b and c stand to one side of the person: their mean face is not symmetric.
    rows = [line.split(",")[2:] for line in lines if line[1] != "r" and line[5] in "ade"]
    points = np.array(rows, float).reshape(len(rows), 76, 2)
    points[(points == 0).all(axis=-1)] = np.nan
    return points


def mean_shape(points: np.ndarray) -> np.ndarray:
    """Mean of shapes that are centred and divided by their size, both over the labelled points."""
    centred = points - np.nanmean(points, axis=1, keepdims=True)
    size = np.sqrt(np.nanmean(centred**2, axis=(1, 2), keepdims=True))
    return np.nanmean(centred / size, axis=0)


def misfit(mean: np.ndarray, mirror: list[int], scheme: Scheme) -> float:
    """Of the mirrored, renamed shape: mean distance in distances between the outer eye corners."""
    return float(distances((mean * [-1, 1])[mirror], mean, scheme).mean())


def distances(shape: np.ndarray, mean: np.ndarray, scheme: Scheme) -> np.ndarray:
    """Of each point after the best similarity, in distances between the outer eye corners of `mean`."""
    # As complex numbers a similarity is z -> a z + b, and the best one a linear least-squares fit.
    source, target = shape @ [1, 1j], mean @ [1, 1j]
    design = np.stack([source, np.ones_like(source)], axis=1)
    fitted = design @ np.linalg.lstsq(design, target, rcond=None)[0]
    right, left = scheme.normalisers["inter_ocular"]
    eyes = abs(target[list(right)].mean() - target[list(left)].mean())
    return np.abs(fitted - target) / eyes


@pytest.mark.parametrize("name", ["ibug68", "muct76", "wflw98"])
def test_mirrored_mean_shape_fits_only_with_the_permutation(name: str) -> None:
    scheme = load(name)
    mean = mean_shape(shapes(name))
    assert misfit(mean, list(scheme.mirror), scheme) < 0.03
    assert misfit(mean, list(range(scheme.points)), scheme) > 0.3


@pytest.mark.parametrize("name", ["ibug68", "muct76", "wflw98"])
def test_every_exchanged_pair_is_needed(name: str) -> None:
    scheme = load(name)
    mean = mean_shape(shapes(name))
    whole = misfit(mean, list(scheme.mirror), scheme)
    for index, other in enumerate(scheme.mirror):
        if index < other:
            without = list(scheme.mirror)
            without[index], without[other] = index, other
            assert misfit(mean, without, scheme) > whole, (index, other)


def test_wflw_points_that_stand_for_ibug_lie_where_those_do() -> None:
    ibug, wflw = mean_shape(shapes("ibug68")), mean_shape(shapes("wflw98"))
    mapped = distances(wflw[list(load("wflw98").maps["ibug68"])], ibug, load("ibug68"))
    # Expressions differ between the sets (open mouths), and WFLW's jaw starts higher.
    assert mapped.mean() < 0.04
    assert mapped.max() < 0.1
    assert distances(wflw[:68], ibug, load("ibug68")).mean() > 0.3


def test_muct_mirrored_rows_are_the_permutation() -> None:
    root = Path(os.environ["FACEPOINTS_DATA"])
    lines = (root / "muct/muct-landmarks/muct76-opencv.csv").read_text().splitlines()[1:]
    table = {line.split(",")[0]: np.array(line.split(",")[2:], float) for line in lines}
    mirrored = [name for name in table if name.startswith("ir")]
    assert len(mirrored) == 1770
    mirror = list(load("muct76").mirror)
    for name in mirrored:
        own = table["i" + name[2:]].reshape(76, 2)
        expected = np.where((own == 0).all(axis=1, keepdims=True), 0, [479, 0] + own * [-1, 1])
        # 0.1: the table's last digit, in which it rounds 21 of its 269,040 mirrored numbers.
        np.testing.assert_allclose(table[name].reshape(76, 2), expected[mirror], atol=0.1 + 1e-9)
