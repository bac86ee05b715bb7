"""A whole set, looked through."""

from collections.abc import Mapping
from dataclasses import dataclass

from facepoints.datasets.face import FaceSet
from facepoints.inspection.deviation import outliers, shapes, sides, swapped
from facepoints.inspection.findings import Section, duplicates, outside, unreadable, wrong_labels
from facepoints.inspection.survey import survey
from facepoints.schemes.scheme import Scheme

SHOWN = 24  # pictures per kind, at most


@dataclass(frozen=True)
class Inspection:
    """What was found in a set.

    Attributes:
        faces: how many there are, faulty ones too.
        groups: persons or photos among those that could be read.
        sections: one per kind of fault.
        sides: (K,) −1, 0 or 1: how its points are coloured in pictures.
        refusals: why the cache stage would stop at this set; empty where it would not.
    """

    name: str
    scheme: Scheme
    faces: int
    groups: int
    sections: tuple[Section, ...]
    sides: tuple[int, ...]
    refusals: tuple[str, ...]


def inspect(
    face_set: FaceSet,
    scheme: Scheme,
    name: str,
    splits: Mapping[str, str],
    max_unreadable: float,
    processes: int | None = None,
) -> Inspection:
    """Read every face of a set and look for faults; one faulty face never hides another.

    Args:
        splits: face id → split, as far as known.
        max_unreadable: share of unreadable photos that the cache stage allows.
        processes: worker processes; the cores that this process may use when None.

    Raises:
        FacepointsError: the list of faces itself cannot be read, or is empty.
    """
    found = survey(face_set, name, processes)
    broken = [fault for fault in found.faults if fault.unreadable]
    wrong = [fault for fault in found.faults if not fault.unreadable]
    shape = shapes(found.looks, scheme)
    refused = sum(look.refused is not None for look in found.looks)
    refusals = []
    if wrong:
        refusals.append(f"{len(wrong)} with label errors")
    if refused:
        refusals.append(f"{refused} with points far outside")
    if len(broken) > max_unreadable * found.faces:
        refusals.append(
            f"{len(broken)} unreadable, more than cache.max_unreadable allows ({max_unreadable:.1%})"
        )
    return Inspection(
        name=name,
        scheme=scheme,
        faces=found.faces,
        groups=len({look.group for look in found.looks}),
        sections=(
            unreadable(broken),
            wrong_labels(wrong),
            outside(found.looks),
            swapped(found.looks, shape, scheme),
            duplicates(found.looks, splits),
            outliers(found.looks, shape, SHOWN),
        ),
        sides=tuple(sides(shape, scheme)),
        refusals=tuple(refusals),
    )
