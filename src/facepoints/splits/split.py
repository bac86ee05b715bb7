"""Train, validation and test: by a hash of the group, so that adding faces moves no old one."""

import hashlib
from typing import Literal

from facepoints import FacepointsError
from facepoints.splits.settings import SplitSettings

TestRule = Literal["official", "hash", "all"]


def position(text: str) -> float:
    """A fixed place in [0, 1) for a text: its SHA-256 as a fraction."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def assign(
    groups: list[str], own: list[str | None], test: TestRule, settings: SplitSettings, name: str
) -> list[str]:
    """The split of each face: train, validation, test or excluded.

    `official`: the set's own test faces are the test split; faces that share a group with one are excluded.
    `hash`: a fixed hash of the group draws the test split; `settings.seed` does not move it.
    `all`: every face is a test face.

    Args:
        groups: what must not be split, per face.
        own: the set's own split per face ("train", "test") or None.
        name: of the set, for messages.

    Raises:
        FacepointsError: no official test faces, or the test split stays empty. The others may: a set may be
            there to be tested on alone.
    """
    if test == "official" and "test" not in own:
        raise FacepointsError(
            f"data set {name}: its official test faces are not, or not all, among its files (README: how many "
            f"belong to it). Add them and read the files again by `dvc repro -f -s download@{name}`, or draw the "
            f"test split by group with dataset.{name}.test: hash (its figures are then the project's own)."
        )
    tested = {group for group, split in zip(groups, own, strict=True) if split == "test"}

    def split(group: str, own_split: str | None) -> str:
        if test == "official" and group in tested:
            return "test" if own_split == "test" else "excluded"
        if test == "all":
            return "test"
        if test == "hash" and position(f"test:{group}") < settings.test:
            return "test"
        held_out = position(f"validation:{settings.seed}:{group}") < settings.validation
        return "validation" if held_out else "train"

    splits = [split(group, own_split) for group, own_split in zip(groups, own, strict=True)]
    if "test" not in splits:
        raise FacepointsError(
            f"data set {name}: the test split is empty ({len(set(groups))} groups in all). "
            "Add faces, or change the shares in split."
        )
    return splits


def order(faces: list[str], seed: int) -> list[int]:
    """The rank of each face in a seeded order that does not depend on the other faces: sizes are nested."""
    by_position = sorted(
        range(len(faces)), key=lambda index: position(f"order:{seed}:{faces[index]}")
    )
    ranks = [0] * len(faces)
    for rank, index in enumerate(by_position):
        ranks[index] = rank
    return ranks
