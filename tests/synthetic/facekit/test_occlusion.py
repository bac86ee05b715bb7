"""Shadows and the open sky where geometry says what must come out."""

import numpy as np
import pytest

from facepoints.synthetic.facekit.occlusion import lit, open_sky


def sheet(low, high, height, count=21):
    """A level square of small triangles, seen from above, y up."""
    axis = np.linspace(low, high, count)
    x, z = np.meshgrid(axis, axis)
    points = np.stack([x, np.full_like(x, height), z], axis=-1).reshape(-1, 3).astype(np.float32)
    at = np.arange(count * count).reshape(count, count)
    a, b, c, d = at[:-1, :-1], at[:-1, 1:], at[1:, :-1], at[1:, 1:]
    rows = [np.stack([a, c, b], -1), np.stack([b, c, d], -1)]
    return points, np.concatenate([row.reshape(-1, 3) for row in rows]).astype(np.int32)


def two_sheets():
    floor, one = sheet(-10.0, 10.0, 0.0)
    roof, other = sheet(-3.0, 3.0, 5.0)
    return np.concatenate([floor, roof]), np.concatenate([one, other + np.int32(len(floor))])


def test_a_roof_shades_what_lies_under_it_along_the_light():
    points, triangles = two_sheets()
    floor = points[:441]
    for slope in (0.0, 0.8):
        direction = np.array([slope, 1.0, 0.0], np.float32)
        direction /= np.linalg.norm(direction)
        reached = lit(points, points, triangles, direction, 256, points)[:441]
        # The shadow lies 5 below the roof, shifted against the light.
        x, z = floor[:, 0] + 5 * slope, floor[:, 2]
        under = (np.abs(x) < 2.8) & (np.abs(z) < 2.8)
        beside = (np.abs(x) > 3.3) | (np.abs(z) > 3.3)
        assert under.sum() > 20
        assert (reached[under] == 0).all()
        assert (reached[beside] == 1).all()


def test_the_roof_itself_is_lit_and_what_the_map_does_not_show_too():
    points, triangles = two_sheets()
    up = np.array([0.0, 1.0, 0.0], np.float32)
    assert (lit(points, points, triangles, up, 256, points)[441:] == 1).all()
    assert (lit(points, points, triangles, up, 64, points[441:])[[0, 440]] == 1).all()


def test_the_open_sky_is_whole_on_a_plate_and_less_under_a_roof():
    points, triangles = two_sheets()
    sky = open_sky(points, triangles)
    floor = sky[:441].reshape(21, 21)
    assert floor[0, 0] > 0.9
    assert floor[10, 10] < 0.8
    assert sky[441:].min() > 0.9
    # The cosine-weighted share of a half sphere that a centred square of half side 3 hides 5 above: its form factor,
    # 4 / (2 pi) * 2 * a / sqrt(1 + a²) * atan(a / sqrt(1 + a²)) for a = 3 / 5.
    a = 0.6
    hidden = 4 / np.pi * a / np.hypot(1, a) * np.arctan(a / np.hypot(1, a))
    assert floor[10, 10] == pytest.approx(1 - hidden, abs=0.1)
