"""The clone whose tiny pipeline has run once: pages are replayed in copies of it."""

from tests.stages.conftest import clone, finished
from tests.web.conftest import archive

__all__ = ["archive", "clone", "finished"]
