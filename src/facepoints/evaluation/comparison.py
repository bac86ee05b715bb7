"""Is one model better than another? Paired, face by face, with an interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from facepoints import FacepointsError
from facepoints.evaluation.bootstrap import interval, resampled_means
from facepoints.evaluation.face_errors import FaceErrors

# What two measurements must have in common before their numbers mean the same.
PROTOCOL = ("points", "normaliser", "test", "box", "faces_sha256")

Verdict = Literal["better", "worse", "no difference shown"]


@dataclass(frozen=True)
class Difference:
    """The NME of a second model beside that of a first one on the same faces.

    Attributes:
        first, second: NME, percent.
        low, high: the 95 % interval of second − first; None where all faces are of one group.
    """

    first: float
    second: float
    low: float | None
    high: float | None
    faces: int
    groups: int

    @property
    def difference(self) -> float:
        """Second − first: below 0 where the second is better."""
        return self.second - self.first

    @property
    def verdict(self) -> Verdict:
        """Of the second: better or worse where the interval leaves out 0."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "no difference shown"
        return "better" if self.high < 0 else "worse"

    def __str__(self) -> str:
        """The verdict with its figures, in words."""
        numbers = f"{self.second:.3f} against {self.first:.3f}"
        if self.low is None or self.high is None:
            return f"no difference shown: {numbers}, and all {self.faces} faces are of one group"
        if self.verdict == "no difference shown":
            span = f"[{self.low:+.3f}, {self.high:+.3f}]"
            return (
                f"no difference shown at this sample size: {numbers}, {self.difference:+.3f} {span}"
            )
        near, far = sorted((abs(self.low), abs(self.high)))
        span = f"{abs(self.difference):.3f} [{near:.3f}, {far:.3f}]"
        return (
            f"{self.verdict} by {span}, {100 * abs(self.difference) / self.first:.1f} %: {numbers}"
        )


def difference(first: FaceErrors, second: FaceErrors, resamples: int) -> Difference:
    """The paired bootstrap: what makes a face hard for both cancels.

    Raises:
        FacepointsError: they are not of the same faces.
    """
    if first.face != second.face or first.group != second.group:
        raise FacepointsError("the two were not scored on the same faces in the same groups.")
    groups = len(set(first.group))
    resampled = resampled_means(second.nme - first.nme, first.group, resamples)
    low, high = interval(resampled, groups) or (None, None)
    return Difference(
        float(first.nme.mean()), float(second.nme.mean()), low, high, len(first.face), groups
    )


def by_subset(first: FaceErrors, second: FaceErrors, resamples: int) -> dict[str, Difference]:
    """The difference on all faces, under the name "all", then on each subset of the first's.

    Raises:
        FacepointsError: they are not of the same faces.
    """
    return {"all": difference(first, second, resamples)} | {
        name: difference(first.take(places), second.take(places), resamples)
        for name, places in ((name, first.places(name)) for name in first.names())
    }


def same_protocol(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """Refuse metrics that were not measured alike.

    Raises:
        FacepointsError: with what differs.
    """
    others = [key for key in PROTOCOL if first[key] != second[key]]
    if "faces_sha256" in others:
        raise FacepointsError(
            f"they were scored on different test faces ({first['faces']} of SHA-256 "
            f"{first['faces_sha256'][:12]}, {second['faces']} of {second['faces_sha256'][:12]}), so that their numbers "
            "cannot be compared. Score both on the same test split."
        )
    if others:
        told = "; ".join(f"{key}: {first[key]!r} and {second[key]!r}" for key in others)
        raise FacepointsError(f"they were not measured alike ({told}).")
