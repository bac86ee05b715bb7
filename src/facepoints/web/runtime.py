"""onnxruntime-web, which runs the model in the page: fetched by npm, checked, and of it the files that are needed."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from importlib import resources
from pathlib import Path

from facepoints import FacepointsError

PACKAGE = "onnxruntime-web@1.30.0"
# `npm view onnxruntime-web@1.30.0 dist.integrity`
INTEGRITY = "sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
# Each script takes the .mjs and .wasm of its own build: on the processor (vectors and threads), and on WebGPU.
FILES = (
    "ort.wasm.min.mjs",
    "ort-wasm-simd-threaded.mjs",
    "ort-wasm-simd-threaded.wasm",
    "ort.webgpu.min.mjs",
    "ort-wasm-simd-threaded.asyncify.mjs",
    "ort-wasm-simd-threaded.asyncify.wasm",
)
NOTICES = (
    "LICENSE",
    "ThirdPartyNotices.txt",
)  # npm's package lacks them; they come with onnxruntime for Python
TOLD = 3  # of npm's last lines


def put(folder: Path, archive: Path | None) -> None:
    """Put the files and their licences into a new folder.

    Args:
        archive: the package as `npm pack` fetches it; without one it is fetched.

    Raises:
        FacepointsError: it cannot be fetched, or is not the package that was pinned.
    """
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        found = archive or fetch(Path(scratch))
        check(found)
        with tarfile.open(found) as package:
            for name in FILES:
                content = package.extractfile(f"package/dist/{name}")
                assert content is not None  # the digest says which files there are
                (folder / name).write_bytes(content.read())
    for name in NOTICES:
        text = resources.files("onnxruntime").joinpath(name).read_bytes()
        (folder / name).write_bytes(text)


def fetch(folder: Path) -> Path:
    """The package as npm fetches it, in a folder; from npm's own cache where it is there.

    Raises:
        FacepointsError: no npm, or it did not get the package.
    """
    npm = shutil.which("npm")
    other = f"Or fetch it elsewhere by `npm pack {PACKAGE}` and give the file: --runtime FILE.tgz."
    if npm is None:
        raise FacepointsError(
            f"npm: no such command. It fetches {PACKAGE}, which runs the model in the page: install npm (it comes "
            f"with Node.js). {other}"
        )
    command = [
        npm,
        "pack",
        PACKAGE,
        "--pack-destination",
        str(folder),
        "--prefer-offline",
        "--ignore-scripts",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        said = " / ".join(done.stderr.strip().splitlines()[:TOLD])
        raise FacepointsError(
            f"npm could not fetch {PACKAGE}: {said}. See whether this machine has a network. {other}"
        )
    return archives[0]


def check(archive: Path) -> None:
    """Refuse a file that is not, byte for byte, the package that was pinned."""
    if not archive.is_file():
        raise FacepointsError(
            f"{archive}: no such file. Expected {PACKAGE} as `npm pack {PACKAGE}` fetches it."
        )
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise FacepointsError(
            f"{archive}: not the {PACKAGE} that was pinned. Expected {INTEGRITY}, found sha512-{digest}. Fetch it "
            f"again by `npm pack {PACKAGE}`."
        )
