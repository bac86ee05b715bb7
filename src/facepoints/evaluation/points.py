"""Which points of a prediction are compared with which of the truth, also across schemes."""

from dataclasses import dataclass

from facepoints import FacepointsError
from facepoints.schemes.scheme import Scheme


@dataclass(frozen=True)
class Matched:
    """Equal points of two schemes: predicted[i] is the same place of a face as true[i]."""

    predicted: list[int]
    true: list[int]
    description: str


def match(predicted: Scheme, true: Scheme) -> Matched:
    """All points within one scheme; across schemes the points that both name.

    Raises:
        FacepointsError: the schemes name no common point.
    """
    if predicted == true:
        every = list(range(true.points))
        return Matched(every, every, f"all {true.points}")
    names = [name for name in true.shared if name in predicted.shared]
    if not names:
        raise FacepointsError(
            f"schemes {predicted.name} and {true.name} name no common point, so a model of one cannot be "
            "scored on the other. Name shared points in the scheme files."
        )
    return Matched(
        [predicted.shared[name] for name in names],
        [true.shared[name] for name in names],
        f"shared {len(names)}: {', '.join(names)}",
    )
