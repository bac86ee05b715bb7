"""Files that lie on Google Drive, by their id."""

from collections.abc import Sequence
from pathlib import Path

import gdown
import requests
from gdown.exceptions import DownloadError, FileURLRetrievalError
from tqdm import tqdm

from facepoints import FacepointsError
from facepoints.sources.connection import (
    BUSY,
    SECONDS_WITHOUT_AN_ANSWER,
    LostError,
    persist,
    reason,
)

ADDRESS = "https://drive.google.com/uc?id="


def download(file_id: str, path: Path, pauses: Sequence[float], address: str = ADDRESS) -> None:
    """Fetch a file to `path`, continued where an earlier attempt or run ended.

    Raises:
        FacepointsError: Google Drive refuses (not shared, or asked too often today), or is lost too often.
        OSError: the file cannot be written.
    """
    url = f"{address}{file_id}"

    def attempt() -> None:
        before = _bytes(path)
        try:
            with tqdm(desc=path.name, unit="B", unit_scale=True, disable=None) as bar:

                def show(done: int, total: int | None) -> None:
                    bar.total = total
                    bar.update(done - bar.n)

                gdown.download(
                    url,
                    str(path),
                    quiet=True,
                    use_cookies=False,
                    resume=True,
                    progress=show,
                    timeout=SECONDS_WITHOUT_AN_ANSWER,
                )
        except FileURLRetrievalError as error:
            told = " ".join(str(error).split())
            raise FacepointsError(f"{url}: Google Drive does not hand it out: {told}") from error
        except DownloadError as error:
            if before and "byte range" in str(error):  # it cannot be continued there
                _forget(path)
            told = str(error).splitlines()[0].rstrip(".")
            raise LostError(f"{url}: cannot be fetched: {told}") from error
        except requests.RequestException as error:
            told = f"{url}: cannot be fetched: {reason(error)}"
            status = 0 if error.response is None else error.response.status_code
            if 400 <= status < 500 and status not in BUSY:
                raise FacepointsError(told) from error
            raise LostError(told) from error

    persist(attempt, lambda: _bytes(path), pauses)


def _parts(path: Path) -> list[Path]:
    """gdown's partial files: the name, eight characters of its choice, .part."""
    return list(path.parent.glob(f"{path.name}????????.part"))


def _bytes(path: Path) -> int:
    return sum(part.stat().st_size for part in _parts(path))


def _forget(path: Path) -> None:
    for part in _parts(path):
        part.unlink()
