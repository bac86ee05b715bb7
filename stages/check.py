"""check: refuse a wrong params.yaml before anything is downloaded."""

from pathlib import Path

from facepoints import parameters
from facepoints.experiment import check
from stages import run


def main() -> None:
    """Validate all of params.yaml; the file written never differs, so that nothing else runs again."""
    check(parameters.read())
    out = Path("data/checked.txt")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("params.yaml is valid.\n", encoding="utf-8")


if __name__ == "__main__":
    run(main)
