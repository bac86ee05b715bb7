"""Which points of a prediction are compared with which of the truth, also across schemes."""

from collections.abc import Sequence
from dataclasses import dataclass

from facepoints import FacepointsError
from facepoints.schemes.scheme import Scheme

IBUG = "ibug68"
INNER = slice(17, 68)  # iBUG's points without the jaw


@dataclass(frozen=True)
class Matched:
    """Equal points of two schemes: predicted[i] is the same place of a face as true[i].

    Attributes:
        schemes: their names, "predicted → true", or the one.
        description: which of the true points are compared; equal for equal points.
        convention: what they mark, "predicted → true" where the two schemes differ, or None.
        inner: places in `predicted` and `true` of iBUG's 51 inner points; empty where one of them is lacking.
    """

    predicted: list[int]
    true: list[int]
    schemes: str
    description: str
    convention: str | None
    inner: list[int]


def match(predicted: Scheme, true: Scheme) -> Matched:
    """All points within one scheme. Across schemes the points of the true one, of the predicted one, or of a third,
    whichever is reached first by the schemes' maps; without maps the points that both name.

    Raises:
        FacepointsError: the schemes have no common point, or a map does not fit.
    """
    own, others, description = _pairs(predicted, true)
    return Matched(
        predicted=list(own),
        true=list(others),
        schemes=_change(predicted.name, true.name),
        description=description,
        convention=_conventions(predicted, true),
        inner=_inner(own, others, predicted, true),
    )


def _pairs(predicted: Scheme, true: Scheme) -> tuple[Sequence[int], Sequence[int], str]:
    every = range(true.points)
    if predicted == true:
        return every, every, f"all {true.points}"
    if true.name in predicted.maps:
        return _map(predicted, true.name, true.points), every, f"all {true.points}"
    if predicted.name in true.maps:
        own = range(predicted.points)
        return own, _map(true, predicted.name, len(own)), _mapped(predicted.name, len(own), true)
    if thirds := [name for name in predicted.maps if name in true.maps]:
        third = max(thirds, key=lambda name: len(true.maps[name]))
        others = true.maps[third]
        return _map(predicted, third, len(others)), others, _mapped(third, len(others), true)
    names = [name for name in true.shared if name in predicted.shared]
    if not names:
        problem = (
            f"the data set's scheme {true.name} is another than the model's of that name, and they"
            if predicted.name == true.name
            else f"schemes {predicted.name} and {true.name}"
        )
        raise FacepointsError(
            f"{problem} name no common point, so a model of one cannot be scored on the other. "
            "Name shared points, or a map, in the scheme files."
        )
    return (
        [predicted.shared[name] for name in names],
        [true.shared[name] for name in names],
        f"shared {len(names)}: {', '.join(names)}",
    )


def _map(scheme: Scheme, other: str, points: int) -> Sequence[int]:
    found = scheme.maps[other]
    if len(found) != points:
        raise FacepointsError(
            f"scheme {scheme.name}: key maps.{other}: expected one index for each of the {points} points; "
            f"found {len(found)}."
        )
    return found


def _mapped(name: str, points: int, true: Scheme) -> str:
    return f"{points}: {name} by the map of {true.name}"


def _change(predicted: str, true: str) -> str:
    return true if predicted == true else f"{predicted} → {true}"


def _conventions(predicted: Scheme, true: Scheme) -> str | None:
    if predicted.convention is None and true.convention is None:
        return None
    return _change(predicted.convention or "unknown", true.convention or "unknown")


def _inner(own: Sequence[int], others: Sequence[int], predicted: Scheme, true: Scheme) -> list[int]:
    """Found by the side that knows iBUG's points: `own` are indices of `predicted`, `others` of `true`."""
    for indices, scheme in ((others, true), (own, predicted)):
        ibug = range(scheme.points) if scheme.name == IBUG else scheme.maps.get(IBUG, ())
        if tuple(indices) == tuple(ibug):  # here a point that stands for several keeps its partners
            return list(range(len(ibug))[INNER])
        place = {index: at for at, index in enumerate(indices)}
        wanted = ibug[INNER]
        if len(wanted) == 51 and all(index in place for index in wanted):
            return [place[index] for index in wanted]
    return []
