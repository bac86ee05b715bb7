"""Faces whose points deviate from the set's mean shape: swapped sides, and outliers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facepoints.inspection.findings import Finding, Section, section
from facepoints.inspection.shape import FEWEST_POINTS, Complex, Floats, as_complex, fit, mean
from facepoints.inspection.survey import Look
from facepoints.schemes.scheme import Scheme

FEWEST_FACES = 10  # that a mean shape can be told from

# A face is swapped when the mirrored order of its points lies this much nearer to the mean shape. On MUCT and 300W
# the nearest of 3,782 real faces reaches 2.7 (it is 1 / 2.7 for the same face with its sides swapped).
SWAPPED = 0.8

# Median absolute deviations (scaled to a standard deviation) above the median distance.
OUTLIER = 4.0
SCALED = 1.4826
LEAST_DEVIATION = 0.01  # of the distance: sets whose faces are all alike have outliers too


@dataclass(frozen=True, eq=False)
class Shapes:
    """How the faces lie to their mean shape (K,); (N,) distances, NaN where too few points are labelled."""

    mean: Complex
    own: Floats
    mirrored: Floats | None  # with left and right exchanged; None for a scheme without mirror

    @property
    def swapped(self) -> NDArray[np.bool_]:
        """(N,) faces whose points fit better in the mirrored order."""
        if self.mirrored is None:
            return np.zeros(len(self.own), np.bool_)
        return np.asarray(self.mirrored < SWAPPED * self.own)


def shapes(looks: list[Look], scheme: Scheme) -> Shapes | None:
    """The faces beside their mean shape, or None where there are too few to tell."""
    usable = [look.labelled.sum() >= FEWEST_POINTS for look in looks]
    if sum(usable) < FEWEST_FACES:
        return None
    faces = as_complex(np.stack([look.landmarks for look in looks]))
    labelled = np.stack([look.labelled for look in looks])
    shape = mean(faces[usable], labelled[usable])
    mirrored = None
    if scheme.mirror:
        order = np.array(scheme.mirror)
        mirrored = fit(shape, faces[:, order], labelled[:, order]).distance
    return Shapes(shape, fit(shape, faces, labelled).distance, mirrored)


def sides(shape: Shapes | None, scheme: Scheme) -> list[int]:
    """−1 for points that lie left of their mirror partners in the mean shape, 1 right, 0 for those without."""
    if shape is None or not scheme.mirror:
        return [0] * scheme.points
    across = shape.mean.real - shape.mean.real[np.array(scheme.mirror)]
    return [int(side) for side in np.sign(across)]


def swapped(looks: list[Look], shape: Shapes | None, scheme: Scheme) -> Section:
    """Faces whose left and right are exchanged."""
    title = "Swapped left and right"
    about = (
        f"The points fit the mean shape better (distance below {SWAPPED:g} of their own) once left and right "
        f"are exchanged by the mirror of scheme {scheme.name}: labels of the other side, or a photo mirrored "
        "without its labels."
    )
    if shape is None:
        return Section(title, about, skipped=_too_few(looks))
    if shape.mirrored is None:
        return Section(
            title, about, skipped=f"not looked for: scheme {scheme.name} has no key mirror"
        )
    order = np.argsort(shape.mirrored / np.maximum(shape.own, 1e-9))
    found = [
        Finding(
            (looks[at].face,),
            f"distance {shape.own[at]:.3f}, exchanged {shape.mirrored[at]:.3f}",
            (looks[at].index,),
        )
        for at in order
        if shape.swapped[at]
    ]
    return section(title, about, found, _reversed(shape, scheme))


def outliers(looks: list[Look], shape: Shapes | None, shown: int) -> Section:
    """Faces far from the mean shape; the `shown` farthest are told whether far or not."""
    title = "Far from the mean shape"
    if shape is None:
        return Section(title, "", skipped=_too_few(looks))
    # What is swapped has been told.
    distance = np.where(shape.swapped | np.isnan(shape.own), -1, shape.own)
    typical = distance[distance >= 0]
    middle = float(np.median(typical)) if len(typical) else 0.0
    spread = SCALED * float(np.median(np.abs(typical - middle))) if len(typical) else 0.0
    limit = middle + OUTLIER * max(spread, LEAST_DEVIATION)
    far = int((distance > limit).sum())
    found = [
        Finding((looks[at].face,), f"distance {distance[at]:.3f}", (looks[at].index,))
        for at in np.argsort(-distance, kind="stable")[: max(far, shown)]
        if distance[at] >= 0
    ]
    about = (
        f"Procrustes distance (0 the same shape, 1 nothing in common) above {limit:.3f}: the median "
        f"{middle:.3f} plus {OUTLIER:g} robust deviations. Strong poses and expressions lie far from the mean "
        "too; wrong points stand among them. The farthest faces are shown also where none is above."
    )
    return Section(title, about, tuple(found), far)


def _reversed(shape: Shapes, scheme: Scheme) -> str | None:
    """What to say where the mean shape itself has its sides exchanged, as far as the scheme names points."""
    named = {name: shape.mean[index] for name, index in scheme.shared.items()}
    right, left = named.get("right_eye_outer"), named.get("left_eye_outer")
    below = named.get("chin", named.get("nose_tip", named.get("mouth_right")))
    if right is None or left is None or below is None:
        return None
    # The person's right eye, left eye and chin go round clockwise in a photo, whose y points down.
    if ((left - right).conjugate() * (below - right)).imag > 0:
        return None
    return (
        f"in most faces of this set left and right are exchanged: point {scheme.shared['right_eye_outer']}, in scheme "
        f"{scheme.name} the person's right eye (on the left of the photo), lies on the other side"
    )


def _too_few(looks: list[Look]) -> str:
    return (
        f"not looked for: {len(looks)} readable faces give no mean shape (it takes {FEWEST_FACES} with "
        f"{FEWEST_POINTS} labelled points)"
    )
