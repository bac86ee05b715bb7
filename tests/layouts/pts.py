"""Own data as .pts files beside the photos."""

from collections.abc import Sequence
from pathlib import Path

from tests.layouts.drawn import Drawn
from tests.layouts.own import write_scheme


def write(root: Path, drawn: Sequence[Drawn]) -> None:
    """Write photos/NNNN.jpg, photos/NNNN.pts, which count from 1, and the scheme."""
    write_scheme(root)
    for index, face in enumerate(drawn):
        path = root / f"photos/{index:04}.jpg"
        face.save(path)
        lines = [f"{x + 1:.4f} {y + 1:.4f}" for x, y in face.points]
        content = ["version: 1", f"n_points: {len(lines)}", "{", *lines, "}", ""]
        path.with_suffix(".pts").write_text("\n".join(content))
