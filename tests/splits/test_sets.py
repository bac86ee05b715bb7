"""The split of every public set, in its official layout: who is shown is told here from the file names alone."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from facepoints.datasets.face import Face
from facepoints.datasets.library import open_set
from facepoints.datasets.settings import OFFICIAL, SCHEMES
from facepoints.schemes.library import load
from facepoints.splits.settings import SplitSettings
from facepoints.splits.split import TestRule, assign
from tests.layouts import cofw68, drawn, face_synthetics, muct, w300, wflw, youtube_faces

SEEDS = range(20)
FEWER, ALL = 36, 60  # faces; those of a photo or a person come three by three

# A set's format, how its layout is written, and the rule for its test split.
CASES: dict[str, tuple[str, Callable[..., None], TestRule]] = {
    "muct": ("muct", muct.write, "hash"),
    "w300": ("w300", w300.write, "hash"),
    "w300 official": ("w300", partial(w300.write, official=True), "official"),
    "wflw": ("wflw", wflw.write, "hash"),
    "wflw six lists": ("wflw", partial(wflw.write, six_lists=True), "hash"),
    "wflw official": ("wflw", partial(wflw.write, official=True), "official"),
    "youtube_faces": ("youtube_faces", youtube_faces.write, "hash"),
    "face_synthetics": ("face_synthetics", face_synthetics.write, "hash"),
    "cofw68": ("cofw68", cofw68.write, "hash"),
}
COPIES = {"muct": "muct", "w300": "300w", "wflw": "wflw", "youtube_faces": "youtube_faces"}

Read = Callable[[str, int], Sequence[Face]]


def shown(format: str, image: str) -> str:
    """The person or photo behind an image of a set, by the rules of its file names."""
    folder, _, name = image.rpartition("/")
    if format == "muct":
        return name[1:4]
    if format == "youtube_faces":
        return name[: -len("_00.jpg")]
    if format == "w300" and not folder.startswith("lfpw"):
        return folder.split("/")[0] + re.split(r" ?_\d+\.", name)[0]
    return image


def splits(faces: Sequence[Face], rule: TestRule, seed: int) -> dict[tuple[str, int], str]:
    """The split of each face, by its image and its number within it."""
    settings = SplitSettings(test=0.3, validation=0.4, seed=seed)
    found = assign(
        [face.group for face in faces], [face.split for face in faces], rule, settings, "a"
    )
    seen: dict[str, int] = defaultdict(int)
    named = {}
    for face, split in zip(faces, found, strict=True):
        seen[face.image] += 1
        named[face.image, seen[face.image]] = split
    return named


def check_sides(format: str, faces: Sequence[Face], rule: TestRule) -> None:
    """No person or photo on two sides with any seed; over all seeds every side has faces."""
    used = set()
    for seed in SEEDS:
        sides = defaultdict(set)
        for (image, _), split in splits(faces, rule, seed).items():
            if split != "excluded":
                sides[shown(format, image)].add(split)
        assert {len(split) for split in sides.values()} == {1}
        used |= set.union(*sides.values())
    assert used == {"train", "validation", "test"}


def opened(format: str, root: Path) -> list[Face]:
    scheme: Any = SCHEMES[format]
    return list(open_set(format, root, load(scheme[0]), {}).faces())


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """The faces of a case's layout, written with so many drawn faces; each is written once."""
    photos = drawn.faces(6, 32)

    @cache
    def faces(case: str, count: int) -> Sequence[Face]:
        root = tmp_path_factory.mktemp("set")
        format, write, _ = CASES[case]
        write(root, list(islice(cycle(photos), count)))
        return opened(format, root)

    return faces


def test_every_public_set_and_every_official_split_is_here() -> None:
    public = {format for format, schemes in SCHEMES.items() if schemes is not None} - {
        "synthetic",
        "facekit",
    }
    assert {format for format, _, _ in CASES.values()} == public
    official = {format for format, _, rule in CASES.values() if rule == "official"}
    assert official == public & set(OFFICIAL) - {"cofw68"}  # which has test faces alone


@pytest.mark.parametrize("case", CASES)
def test_groups_are_the_people_or_photos_of_the_file_names(case: str, read: Read) -> None:
    format = CASES[case][0]
    pairs = {(face.group, shown(format, face.image)) for face in read(case, ALL)}
    assert len(pairs) == len({group for group, _ in pairs}) == len({name for _, name in pairs})


@pytest.mark.parametrize("case", CASES)
def test_no_person_or_photo_stands_on_two_sides(case: str, read: Read) -> None:
    format, _, rule = CASES[case]
    check_sides(format, read(case, ALL), rule)


@pytest.mark.parametrize("case", CASES)
def test_added_faces_move_no_old_one(case: str, read: Read) -> None:
    rule = CASES[case][2]
    fewer, more = read(case, FEWER), read(case, ALL)
    assert len(fewer) < len(more)
    for seed in SEEDS:
        before, after = splits(fewer, rule, seed), splits(more, rule, seed)
        assert before == {face: after[face] for face in before}


def test_official_w300_training_faces_in_a_test_photo_are_left_out(tmp_path: Path) -> None:
    photos = drawn.faces(6, 32)
    w300.write(tmp_path, list(islice(cycle(photos), ALL)), official=True)
    for end in ("jpg", "pts"):
        shared = tmp_path / "helen" / "testset" / f"30_1.{end}"
        (tmp_path / "helen" / "trainset" / f"30_9.{end}").write_bytes(shared.read_bytes())
    faces = opened("w300", tmp_path)
    check_sides("w300", faces, "official")
    for seed in SEEDS:
        found = splits(faces, "official", seed)
        assert [face for face, split in found.items() if split == "excluded"] == [
            ("helen/trainset/30_9.jpg", 1)
        ]


def test_official_wflw_training_faces_in_a_test_photo_are_left_out(tmp_path: Path) -> None:
    photos = drawn.faces(6, 32)
    wflw.write(tmp_path, list(islice(cycle(photos), ALL)), official=True)
    lists = tmp_path / "WFLW_annotations" / "list_98pt_rect_attr_train_test"
    test = (lists / "list_98pt_rect_attr_test.txt").read_text().splitlines()
    with (lists / "list_98pt_rect_attr_train.txt").open("a") as file:
        file.write(test[0] + "\n")
    faces = opened("wflw", tmp_path)
    check_sides("wflw", faces, "official")
    for seed in SEEDS:
        found = list(splits(faces, "official", seed).values())
        assert found.count("excluded") == 1
        assert found.count("test") == 2500


@pytest.mark.real
@pytest.mark.parametrize("format", COPIES)
def test_real_copies(copies: Path, format: str) -> None:
    faces = opened(format, copies / COPIES[format])
    names = {shown(format, face.image) for face in faces}
    assert len({face.group for face in faces}) == len(names)
    check_sides(format, faces, "hash")
    for seed in SEEDS:
        found = splits(faces, "hash", seed)
        before = splits(faces[: len(faces) // 2], "hash", seed)
        assert before == {face: found[face] for face in before}
