"""`dvc push` and `dvc pull` over S3, beside the same files up and down through the S3 client alone.

    python -m benchmarks.remote

prints seconds and MB/s of several rounds that alternate, and the ratio of the speeds, each way's best. The files have
the sizes of a run: shards of crops, models, and many small results. The server is moto's, on loopback, in a process of
its own; the remote is set up as docs/remotes.md says.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from s3fs import S3FileSystem

from benchmarks.clock import seconds
from tests.stages.remotes import BUCKET, KEY, SECRET, Server

MB = 1_000_000
# How many files of which size make 200 MB: shards, models (safetensors and ONNX), pictures, and tables.
SIZES = ((2, 50 * MB), (16, 5 * MB), (60, 300_000), (200, 10_000))


def write(folder: Path, share: float) -> int:
    """Files that nothing can compress; returns their bytes."""
    generator = np.random.default_rng(0)
    total = 0
    for kind, (count, size) in enumerate(SIZES):
        for number in range(count):
            path = folder / str(kind) / f"{number}.bin"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(generator.bytes(int(size * share)))
            total += int(size * share)
    return total


def run(folder: Path, *command: str) -> None:
    """Its output is shown only when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")


def repository(folder: Path) -> None:
    """One that tracks `files`."""
    run(folder, "git", "init", "-q")
    run(folder, "dvc", "init", "-q")
    run(folder, "dvc", "config", "cache.type", "reflink,hardlink,copy")  # as in this project
    run(folder, "dvc", "add", "-q", "files")


def by_dvc(folder: Path, server: Server, name: str) -> tuple[float, float]:
    """Seconds up and down, to a path of the bucket that is empty; down from it with neither cache nor files."""
    run(folder, "dvc", "remote", "add", "-q", "-f", "-d", "storage", f"s3://{BUCKET}/{name}")
    settings = {
        "endpointurl": server.url,
        "verify": "true",
        "access_key_id": KEY,
        "secret_access_key": SECRET,
    }
    for setting, value in settings.items():
        run(folder, "dvc", "remote", "modify", "storage", setting, value)
    up = seconds(lambda: run(folder, "dvc", "push", "-q"))
    shutil.rmtree(folder / "files")
    shutil.rmtree(folder / ".dvc" / "cache")
    return up, seconds(lambda: run(folder, "dvc", "pull", "-q"))


def by_client(folder: Path, server: Server, name: str) -> tuple[float, float]:
    """The same through s3fs, the client that DVC uses, with its own settings."""
    client = S3FileSystem(key=KEY, secret=SECRET, endpoint_url=server.url, use_listings_cache=False)
    files, back = folder / "files", folder / "back"
    up = seconds(lambda: client.put(f"{files}/", f"{BUCKET}/{name}/", recursive=True))
    down = seconds(lambda: client.get(f"{BUCKET}/{name}/", f"{back}/", recursive=True))
    count = sum(path.is_file() for path in back.rglob("*"))
    assert count == sum(path.is_file() for path in files.rglob("*"))
    shutil.rmtree(back)
    return up, down


WAYS: dict[str, Callable[[Path, Server, str], tuple[float, float]]] = {
    "dvc": by_dvc,
    "client": by_client,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0, help="of the files' sizes")
    arguments = parser.parse_args()
    server = Server()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            size = write(folder / "files", arguments.share) / MB
            repository(folder)
            for number in range(arguments.rounds):
                for name, way in WAYS.items():
                    found[name].append(way(folder, server, f"{name}-{number}"))
                    server.kill()  # and with it what it holds in memory
                    server.start()
    finally:
        server.kill()
    best = {name: min(map(sum, rounds)) for name, rounds in found.items()}
    print(
        json.dumps(
            {
                "mb": round(size),
                "files": sum(count for count, _ in SIZES),
                "seconds_up_and_down": {
                    name: [[round(each, 2) for each in pair] for pair in rounds]
                    for name, rounds in found.items()
                },
                "mb_per_second": {name: round(2 * size / best[name], 1) for name in WAYS},
                "ratio": round(best["client"] / best["dvc"], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
