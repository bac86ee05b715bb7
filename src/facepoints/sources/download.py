"""Fetching one address; a file is there whole or not at all."""

import logging
from pathlib import Path

import pooch
from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.sources.source import SourceFile

SECONDS_WITHOUT_AN_ANSWER = 30


def download(file: SourceFile, folder: Path) -> Path:
    """The file below `folder`; not fetched again if it lies there with the expected SHA-256.

    Raises:
        FacepointsError: the address cannot be reached, refuses, or gives other bytes than expected.
    """
    # pooch announces the hash of every unpinned file; the digest of the whole set says it better.
    pooch.get_logger().setLevel(logging.WARNING)
    # pooch takes a bar without a total for none.
    with tqdm(total=1, desc=file.name, unit="B", unit_scale=True, disable=None) as bar:
        try:
            path = pooch.retrieve(
                file.url,
                known_hash=file.sha256 and f"sha256:{file.sha256}",
                fname=file.name,
                path=folder,
                downloader=pooch.HTTPDownloader(bar, timeout=SECONDS_WITHOUT_AN_ANSWER),
            )
        # What requests raises are OSErrors; a wrong hash is a ValueError.
        except (OSError, ValueError) as error:
            raise FacepointsError(f"{file.url}: cannot be fetched: {error}") from error
    return Path(path)
