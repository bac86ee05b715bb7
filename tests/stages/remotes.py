"""Remotes for `dvc push` and `dvc pull`, looked into from behind: an S3 server on loopback, and a folder."""

import hashlib
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError

BUCKET = "faces"
KEY, SECRET = "the-key", "the-secret"


class Server:
    """moto's S3 server in a process of its own. The objects are in its memory: who kills it loses them."""

    def __init__(self) -> None:
        with closing(socket.socket()) as chosen:
            chosen.bind(("127.0.0.1", 0))
            self.port = chosen.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        self.start()

    def start(self) -> None:
        """Ends when it answers, with an empty bucket."""
        program = str(Path(sys.executable).parent / "moto_server")
        self.process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            with suppress(BotoCoreError):
                self.client.create_bucket(Bucket=BUCKET)
                return
            assert self.process.poll() is None, "moto_server has ended"
            time.sleep(0.1)
        raise TimeoutError(f"moto_server does not answer at {self.url}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class S3Remote:
    """A path in the server's bucket."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.url = f"s3://{BUCKET}/{name}"
        self.name = name

    def names(self) -> list[str]:
        """The paths of its objects."""
        pages = self.server.client.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET, Prefix=f"{self.name}/"
        )
        keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
        return [key.removeprefix(f"{self.name}/") for key in keys]

    def read(self, path: str) -> bytes:
        found = self.server.client.get_object(Bucket=BUCKET, Key=f"{self.name}/{path}")
        content: bytes = found["Body"].read()
        return content

    def write(self, path: str, content: bytes) -> None:
        self.server.client.put_object(Bucket=BUCKET, Key=f"{self.name}/{path}", Body=content)

    def remove(self, path: str) -> None:
        self.server.client.delete_object(Bucket=BUCKET, Key=f"{self.name}/{path}")


class FolderRemote:
    """A folder, as of a disk that several machines share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = str(folder)
        folder.mkdir(exist_ok=True)

    def names(self) -> list[str]:
        """The paths of its objects."""
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        return [str(path.relative_to(self.folder)) for path in paths]

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # it is read-only
        target.write_bytes(content)
        target.chmod(0o444)  # as DVC leaves its objects; others it looks through

    def remove(self, path: str) -> None:
        (self.folder / path).unlink()


Remote = S3Remote | FolderRemote


def path_of(md5: str) -> str:
    """Where an object lies in a remote, and in the cache."""
    return f"files/md5/{md5[:2]}/{md5[2:]}"


def whole(remote: Remote) -> set[str]:
    """The MD5s of its objects; every one must have the bytes that its name promises.

    What a killed push was writing into a folder has a name that begins with a dot, and is no object yet.
    """
    found = set()
    for path in remote.names():
        *_, folder, rest = path.split("/")
        if path == path_of(folder + rest) and not rest.startswith("."):
            digest = hashlib.md5(remote.read(path)).hexdigest()
            assert digest == f"{folder}{rest}".removesuffix(".dir"), path
            found.add(folder + rest)
    return found
