import numpy as np
import pytest

from facepoints.synthetic.facekit.lines import beside, closed, curve, inside

ARCH = np.array([[0.0, 0, 0], [1, 1, 0], [2, 1.5, 0], [3, 1, 0], [4, 0, 0]])


def test_a_curve_goes_through_its_points():
    line = curve(ARCH, 401)
    assert line.shape == (401, 3)
    for point in ARCH:
        assert np.abs(line - point).sum(axis=1).min() < 1e-6


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_places_beside_a_line_know_how_far_along_and_how_high(sign):
    line = curve(ARCH * [sign, 1, 1])
    places = np.array([[1.0, 1.5, 0], [2, 1, 0], [5, 0, 0], [-1, 0, 0]]) * [sign, 1, 1]
    along, across = beside(line, places)
    np.testing.assert_allclose(along, [0.25, 0.5, 1.25, -0.25], atol=1e-6)
    np.testing.assert_allclose(across, [0.5, -0.5, 0, 0], atol=0.01)


def test_inside_a_closed_line_with_a_soft_border():
    turn = np.linspace(0, 2 * np.pi, 13)[:-1]
    outline = closed(np.stack([2 * np.cos(turn), np.sin(turn), 0 * turn], axis=1))
    places = np.array([[0.0, 0, 0], [1.9, 0, 0], [2.5, 0, 0], [0, 2, 0], [2, 0, 0], [0, 0, -9]])
    found = inside(outline, places, 0.2)
    np.testing.assert_allclose(found, [1, 0.84, 0, 0, 0.5, 0], atol=0.1)
