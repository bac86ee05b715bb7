"""What was found in a set as one page that loads nothing else."""

from pathlib import Path

from facepoints.datasets.face import FaceSet
from facepoints.files import replace
from facepoints.inspection.findings import Section
from facepoints.inspection.inspection import SHOWN, Inspection
from facepoints.inspection.view import picture
from facepoints.template import environment

LISTED = 1000  # findings of a kind, by name; a large set may have more


def write(inspection: Inspection, face_set: FaceSet, path: Path) -> None:
    """Write the page, whole or not at all; the photos of the worst faces are read again."""
    shown = [section.findings[:SHOWN] for section in inspection.sections]
    page = (
        environment(Path(__file__).parent)
        .get_template("page.html")
        .render(
            inspection=inspection,
            shown=shown,
            listed=LISTED,
            pictures=_pictures(
                inspection,
                face_set,
                {i for part in shown for finding in part for i in finding.faces},
            ),
        )
    )
    replace(path, page)


def summary(inspection: Inspection, names: int) -> str:
    """A few lines of text: the number of findings of each kind and the `names` worst of each."""
    width = max(len(section.title) for section in inspection.sections)
    lines = [
        f"{inspection.name}: {inspection.faces:,} faces in {inspection.groups:,} groups, "
        f"scheme {inspection.scheme.name}, {inspection.scheme.points} points"
    ]
    for section in inspection.sections:
        lines.append(f"{section.title:<{width}}  {_count(section)}")
        faults = section.findings[: min(section.count, names)]
        lines += [f"    {' = '.join(finding.names)}: {finding.detail}" for finding in faults]
        if section.count > names:
            lines.append(f"    and {section.count - names:,} more")
        if section.note:
            lines.append(f"    Warning: {section.note}.")
    return "\n".join(lines)


def _count(section: Section) -> str:
    return section.skipped or (f"{section.count:,}" if section.count else "none")


def _pictures(inspection: Inspection, face_set: FaceSet, wanted: set[int]) -> dict[int, str]:
    found = {}
    for index in sorted(wanted):
        face = inspection.records[index]
        found[index] = picture(
            face_set.image(face),
            face.landmarks,
            face.labelled,
            inspection.scheme,
            inspection.sides,
        )
    return found
