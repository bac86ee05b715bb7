"""The faults of a set, one section per kind, the worst first."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from facepoints.inspection import fingerprint
from facepoints.inspection.survey import Fault, Look

# Beyond the outermost pixel's centre; its edge lies at 0.5, and labels are rounded.
TOLERANCE = 1.0
# On MUCT no two people's crops correlate by more than 0.921 (12 bits or less apart); on 300W every pair
# above 0.93 that was looked at is one photo, or one moment, twice.
MOST_BITS = 12
LEAST_LIKENESS = 0.93


@dataclass(frozen=True)
class Finding:
    """One face (or two, for duplicates): `faces` are positions in the set, for its pictures."""

    names: tuple[str, ...]
    detail: str
    faces: tuple[int, ...] = ()


@dataclass(frozen=True)
class Section:
    """All findings of a kind, the worst first.

    Attributes:
        about: what counts as one, for the page.
        count: how many of `findings` are faults; others are shown for comparison.
        skipped: why nothing was looked for, or None.
        note: what is wrong with the set as a whole, or None.
    """

    title: str
    about: str
    findings: tuple[Finding, ...] = ()
    count: int = 0
    skipped: str | None = None
    note: str | None = None


def unreadable(faults: list[Fault]) -> Section:
    """Photos that are missing, truncated or no image."""
    return _told("Unreadable images", "Photos that are missing, truncated or no image.", faults)


def wrong_labels(faults: list[Fault]) -> Section:
    """Labels that no face can be made of."""
    about = "Labels that are missing or malformed, or that span no area that a crop could show."
    return _told("Label errors", about, faults)


def outside(looks: list[Look]) -> Section:
    """Faces with labelled points beyond the border of their photo."""
    found = []
    for look in looks:
        points = look.landmarks[look.labelled].astype(np.float64)
        border = np.array(look.size) - 1
        beyond = np.maximum(-points, points - border).max(axis=1)
        if beyond.max() > TOLERANCE:
            share = float(beyond.max() / max(np.ptp(points, axis=0).max(), 1.0))
            count = int((beyond > TOLERANCE).sum())
            detail = (
                f"{count} point{'s' if count > 1 else ''}, up to {beyond.max():.1f} pixels "
                f"({share:.0%} of the face)"
            )
            if look.outside:
                detail += "; the cache stage refuses it"
            found.append((bool(look.outside), share, Finding((look.face,), detail, (look.index,))))
    found.sort(key=lambda entry: entry[:2], reverse=True)
    about = (
        f"Labelled points more than {TOLERANCE:g} pixel outside their photo; black lies beyond its border. Faces that "
        "the border cuts have some. The cache stage refuses a point that lies more than half a face outside."
    )
    return section("Points outside", about, [finding for _, _, finding in found])


def duplicates(looks: list[Look], splits: Mapping[str, str]) -> Section:
    """Faces that look the same though they stand in different groups; those that no split takes are left out.

    Args:
        splits: face id → split, where a split table is there; else the set's own split counts.
    """
    looks = [look for look in looks if splits.get(look.face) != "excluded"]
    side = [splits.get(look.face, look.split or "") for look in looks]
    pairs = fingerprint.twins(
        np.array([look.hash for look in looks], np.uint64),
        np.array([look.thumb for look in looks], np.uint8),
        [look.group for look in looks],
        side,
        MOST_BITS,
        LEAST_LIKENESS,
    )
    found = []
    for pair in pairs:
        crossing = side[pair.first] != side[pair.second]
        detail = f"{pair.bits} of 64 bits differ, likeness {pair.likeness:.3f}"
        if crossing:
            detail = (
                f"{side[pair.first] or 'no split'} | {side[pair.second] or 'no split'}; {detail}"
            )
        both = (looks[pair.first], looks[pair.second])
        finding = Finding(
            tuple(look.face for look in both), detail, tuple(look.index for look in both)
        )
        found.append((crossing, pair.likeness, finding))
    found.sort(key=lambda entry: entry[:2], reverse=True)
    about = (
        f"Faces of different groups whose perceptual hashes differ in at most {MOST_BITS} of 64 bits and whose "
        f"crops correlate by {LEAST_LIKENESS} or more: each face with the one most like it. A model that learns "
        "from one and is tested on the other has seen the answer; pairs on two sides of a split stand first."
    )
    crossings = sum(crossing for crossing, _, _ in found)
    if crossings:
        about += f" Here {crossings} of {len(found)} stand on two sides."
    return section("Duplicates between groups", about, [finding for _, _, finding in found])


def _told(title: str, about: str, faults: list[Fault]) -> Section:
    found = [
        Finding((fault.image or f"face {fault.index + 1}",), fault.message) for fault in faults
    ]
    return section(title, about, found)


def section(title: str, about: str, findings: list[Finding], note: str | None = None) -> Section:
    """A section all of whose findings are faults."""
    return Section(title, about, tuple(findings), len(findings), note=note)
