"""The clone whose tiny pipeline has run once: pages are replayed in copies of it."""

from tests.stages.conftest import clone, finished

__all__ = ["clone", "finished"]
