"""What a head wears: hair and glasses leave the landmarks where they are."""

import numpy as np
import pytest

from facepoints.synthetic.glasses import frame, lenses
from facepoints.synthetic.hair import Hairstyle, cover, growth
from facepoints.synthetic.head import Face, head, landmark_positions
from facepoints.synthetic.paint import Palette
from facepoints.synthetic.template import template

GREY = (0.3, 0.3, 0.3)
PALETTE = Palette(GREY, GREY, GREY, GREY, GREY, GREY, GREY, 0.0, 0.0, 0.1, 1)
STYLES = [
    Hairstyle(line, thickness=0.13, length=length) for line in (-1.0, 1.0) for length in (0.0, 1.0)
]


@pytest.mark.parametrize("style", STYLES)
def test_hair_grows_on_the_skull_and_moves_no_landmark(style):
    covered = cover(style)
    assert covered.min() == 0
    assert covered.max() == 1
    crown, tip = template().grid.index[0, 0], template().landmarks[30]
    assert covered[crown] == 1
    assert covered[tip] == 0
    assert np.linalg.norm(growth(style, covered)[crown]) == pytest.approx(0.13)
    mesh = head(Face({}, {}), PALETTE, style)
    np.testing.assert_allclose(
        mesh.vertices[mesh.landmarks], landmark_positions(Face({}, {})), atol=1e-6
    )


def test_lower_lines_longer_hair_and_bald_heads():
    high, low = (cover(Hairstyle(line, 0.1)) for line in (-1.0, 1.0))
    assert (low >= high).all()
    assert low.sum() > high.sum() + 100
    long = cover(Hairstyle(1.0, 0.1, length=1.0))
    assert long.sum() > low.sum() + 500
    assert (cover(Hairstyle(1.0, 0.1, length=1.0, bald=True)) == 0).all()


def test_glasses_are_drawn_when_worn():
    style = STYLES[0]
    none, clear, dark = (
        len(head(Face({}, {}), PALETTE, style, kind).triangles)
        for kind in ("none", "clear", "dark")
    )
    rims = sum(len(piece.triangles) for piece in frame())
    glass = sum(len(piece.triangles) for piece in lenses())
    assert (clear - none, dark - clear) == (rims, glass)


def test_lenses_stand_before_the_eyes():
    vertices = head(Face({}, {}), PALETTE, STYLES[0]).vertices
    starts = template().starts
    glass = vertices[starts["lenses"] : starts["right_eye"], 2]
    eyes = vertices[starts["right_eye"] : starts["end"], 2]
    assert glass.min() > eyes.max()
