"""check: refuse a wrong params.yaml before anything is downloaded."""

from pathlib import Path

from facepoints import parameters
from facepoints.experiment import check
from facepoints.files import replace
from stages import run


def main() -> None:
    """Validate all of params.yaml; the file written never differs, so that nothing else runs again."""
    check(parameters.read())
    replace(Path("data/checked.txt"), "params.yaml is valid.\n")


if __name__ == "__main__":
    run(main)
