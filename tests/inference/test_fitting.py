import numpy as np

from facepoints.inference.detection import Haar
from facepoints.inference.fitting import corrections, found_boxes


def test_the_landmarks_correction_is_the_padding_and_few_found_faces_give_none(store):
    fitted = corrections(store.first(5), [Haar()])
    assert set(fitted) == {"landmarks"}
    np.testing.assert_allclose(fitted["landmarks"].scale, [1.2, 1.2], atol=1e-3)
    np.testing.assert_allclose(fitted["landmarks"].shift, [0, 0], atol=1e-3)


class Exact:
    """A detector whose boxes are known: each face's view, a quarter larger and a tenth of its side higher."""

    name = "exact"

    def boxes(self, _):
        margin, side = 16, 64
        low, high = margin - 0.5 - side / 8, margin - 0.5 + side * 9 / 8
        return np.array([[low, low - 6.4, high, high - 6.4]], np.float32)


def test_a_detector_s_correction_takes_its_boxes_to_the_views(store):
    boxes = found_boxes(store, Exact())
    assert all(box is not None for box in boxes)
    found = corrections(store, [Exact()])["exact"]
    assert (found.shift, found.scale) == ((0.0, 0.08), (0.8, 0.8))
    np.testing.assert_allclose(
        found.views(np.array(boxes)), [[-0.5, -0.5, 63.5, 63.5]] * 24, atol=1e-3
    )
