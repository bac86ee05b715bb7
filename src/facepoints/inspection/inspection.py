"""A whole set, looked through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from facepoints.crops.settings import CacheSettings
from facepoints.datasets.face import Face, FaceSet
from facepoints.inspection.deviation import outliers, shapes, sides, swapped
from facepoints.inspection.findings import Section, duplicates, outside, unreadable, wrong_labels
from facepoints.inspection.survey import Fault, survey
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
        records: its faces, for their pictures.
    """

    name: str
    scheme: Scheme
    faces: int
    groups: int
    sections: tuple[Section, ...]
    sides: tuple[int, ...]
    refusals: tuple[str, ...]
    records: Sequence[Face] = field(compare=False, repr=False)


def inspect(
    face_set: FaceSet,
    scheme: Scheme,
    name: str,
    splits: Mapping[str, str],
    settings: CacheSettings,
    processes: int | None = None,
) -> Inspection:
    """Read every face of a set and look for faults; one faulty face never hides another.

    Args:
        splits: face id → split, as far as known.
        settings: of the cache stage, for what it would refuse.
        processes: worker processes; the cores that this process may use when None.

    Raises:
        FacepointsError: the list of faces itself cannot be read, or is empty.
    """
    faces = face_set.faces()
    found = survey(face_set, faces, name, settings, processes)
    broken = [fault for fault in found.faults if fault.unreadable]
    wrong = [fault for fault in found.faults if not fault.unreadable]
    wrong += [
        Fault(look.index, look.image, look.boxless, unreadable=False)
        for look in found.looks
        if look.boxless
    ]
    shape = shapes(found.looks, scheme)
    far = sum(look.outside is not None for look in found.looks)
    refusals = []
    if wrong:
        refusals.append(f"{len(wrong)} with label errors")
    if far:
        refusals.append(f"{far} with points far outside")
    if len(broken) > settings.max_unreadable * found.faces:
        refusals.append(
            f"{len(broken)} unreadable, more than cache.max_unreadable allows "
            f"({settings.max_unreadable:.1%})"
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
        records=faces,
    )
