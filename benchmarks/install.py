"""How much `pip install .` takes on disk, without what training needs: `python -m benchmarks.install`.

Installs this tree with its base dependencies alone into an empty environment (needs a network or a cache of packages),
imports the predictor there, and prints the megabytes of the packages that were added, with the compiled Python files
that this leaves.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USE = "import facepoints.inference.predictor, facepoints.cli.main"


def megabytes(folder: Path) -> float:
    """Of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "venv"
        venv.create(folder, with_pip=True)
        (packages,) = folder.glob("lib/python*/site-packages")
        before = megabytes(packages)
        python = folder / "bin/python"
        source = Path(scratch) / "source"
        subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", source], check=True, stdout=sys.stderr
        )
        subprocess.run([python, "-c", USE], check=True, cwd=scratch)
        print(json.dumps({"added_mb": round(megabytes(packages) - before)}))


if __name__ == "__main__":
    main()
