import dataclasses
import hashlib
import shutil
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from facepoints import FacepointsError
from facepoints.crops.warp import apply
from facepoints.datasets.muct import HEADER, Muct
from facepoints.schemes.library import load
from facepoints.schemes.scheme import Scheme
from facepoints.store.build import build
from facepoints.store.crops import decode_crop, read, read_columns, read_spread, shards
from facepoints.store.faces import decode, mean_shape, photo_points

PEOPLE = 12


@pytest.fixture
def muct_folder(tmp_path, drawn_set) -> Path:
    """A MUCT in its official layout, whose photos are drawn faces."""
    root = tmp_path / "muct"
    (root / "jpg").mkdir(parents=True)
    (root / "muct-landmarks").mkdir()
    lines = [",".join(HEADER)]
    for number, face in enumerate(drawn_set.faces()[:PEOPLE]):
        name = f"i{number:03d}qa-fn"
        image = cv2.cvtColor(drawn_set.image(face), cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(root / "jpg" / f"{name}.jpg"), image)
        points = np.vstack([face.landmarks, face.landmarks[:8]])
        lines.append(",".join([name, "0000", *(f"{value:.1f}" for value in points.ravel())]))
    (root / "muct-landmarks" / "muct76-opencv.csv").write_text("\n".join(lines) + "\n")
    return root


def digest(folder: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in shards(folder))).hexdigest()


def test_any_number_of_processes_gives_the_same_bytes(drawn_set, crop_settings, tmp_path):
    cv2.setNumThreads(2)  # workers forked beside OpenCV's threads once waited for them forever
    cv2.GaussianBlur(np.zeros((2000, 2000, 3), np.uint8), (31, 31), 5)
    for processes in (1, 2):
        build(drawn_set, load("ibug68"), crop_settings, tmp_path / str(processes), processes)
    assert digest(tmp_path / "1") == digest(tmp_path / "2")


def test_a_row_says_where_the_crop_comes_from(drawn_set, store):
    faces = drawn_set.faces()
    assert store.face == [face.image for face in faces]
    assert store.scheme == load("ibug68")
    first = faces[0]
    np.testing.assert_allclose(
        apply(store.affine[0], first.landmarks), store.landmarks[0], atol=1e-3
    )
    crop = decode_crop(store.crop[0])
    assert crop.shape == (96, 96, 3)  # 64 and a margin of 16 on each side
    low, high = store.landmarks[0].min(axis=0), store.landmarks[0].max(axis=0)
    assert (low >= -0.5).all()
    assert (high <= 63.5).all()


def test_the_store_reads_with_pandas_alone(store_folder):
    table = pd.read_parquet(store_folder)
    assert len(table) == 24
    assert set(table["rule"]) == {"landmarks"}
    assert len(table["landmarks"][0]) == 136


def test_faces_come_back_in_the_order_asked_for(store_folder, store):
    picked = [store.face[5], store.face[2]]
    found = read(store_folder, picked)
    assert found.face == picked
    np.testing.assert_array_equal(found.landmarks, store.landmarks[[5, 2]])


def test_a_face_that_is_not_there_is_an_error(store_folder):
    with pytest.raises(FacepointsError, match="1 faces of the split are not in the store .*nobody"):
        read(store_folder, ["nobody"])


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(FacepointsError, match="no crop store here"):
        read_columns(tmp_path, ["face"])


def test_decoded_faces_keep_their_points_in_view_units(store):
    faces = decode(store, 32)
    assert tuple(faces.crops.shape) == (24, 3, 48, 48)
    np.testing.assert_allclose(faces.points.numpy() * 64 - 0.5, store.landmarks, atol=1e-4)


def test_view_units_and_photo_pixels_are_each_other_s_inverse(store, drawn_set):
    back = photo_points(decode(store, 32).points.numpy(), store)
    truth = np.stack([face.landmarks for face in drawn_set.faces()])
    np.testing.assert_allclose(back, truth, atol=1e-2)


def test_the_mean_shape_leaves_unlabelled_points_out(store):
    labelled = store.labelled.copy()
    labelled[1:, 8] = False
    found = mean_shape(dataclasses.replace(store, labelled=labelled))
    np.testing.assert_allclose(found[8], (store.landmarks[0, 8] + 0.5) / 64, atol=1e-5)


def test_people_are_groups_and_cameras_subsets(muct_folder, crop_settings, tmp_path):
    built = build(Muct(muct_folder), load("muct76"), crop_settings, tmp_path / "cache")
    assert built.faces == PEOPLE
    columns = read_columns(tmp_path / "cache", ["group", "subsets"])
    assert Counter(columns["group"]) == {f"{number:03d}": 1 for number in range(PEOPLE)}
    assert columns["subsets"][0] == ["camera_a"]


def broken_truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def broken_text(path: Path) -> None:
    path.write_text("<html>no image</html>")


def broken_missing(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [broken_truncated, broken_text, broken_missing])
def test_unreadable_images_are_named_and_left_out(muct_folder, crop_settings, tmp_path, damage):
    damage(muct_folder / "jpg" / "i003qa-fn.jpg")
    lenient = crop_settings.model_copy(update={"max_unreadable": 0.1})
    built = build(Muct(muct_folder), load("muct76"), lenient, tmp_path / "cache")
    assert built.faces == PEOPLE - 1
    assert "i003qa-fn.jpg" in built.unreadable[0]
    assert "jpg/i003qa-fn.jpg" not in read_columns(tmp_path / "cache", ["face"])["face"]


def test_too_many_unreadable_images_are_an_error_and_leave_nothing(
    muct_folder, crop_settings, tmp_path
):
    broken_text(muct_folder / "jpg" / "i003qa-fn.jpg")
    with pytest.raises(FacepointsError, match=r"1 of 12 faces .* \(1.0%\)[\s\S]*i003qa-fn.jpg"):
        build(Muct(muct_folder), load("muct76"), crop_settings, tmp_path / "cache")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["muct"]


def test_points_far_outside_are_an_error_and_leave_nothing(muct_folder, crop_settings, tmp_path):
    table = muct_folder / "muct-landmarks" / "muct76-opencv.csv"
    lines = table.read_text().splitlines()
    fields = lines[3].split(",")
    lines[3] = ",".join([*fields[:2], "900.0", "900.0", *fields[4:]])
    table.write_text("\n".join(lines) + "\n")
    with pytest.raises(FacepointsError, match=r"i002qa-fn.jpg: its point 0 at \(900.0, 900.0\)"):
        build(Muct(muct_folder), load("muct76"), crop_settings, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
    assert not list(tmp_path.glob("*.partial"))


def test_a_second_build_replaces_the_first(muct_folder, crop_settings, tmp_path):
    out = tmp_path / "cache"
    build(Muct(muct_folder), load("muct76"), crop_settings, out)
    shutil.copy(shards(out)[0], out / "part-00009.parquet")
    build(Muct(muct_folder), load("muct76"), crop_settings, out)
    assert len(shards(out)) == 1


def test_the_scheme_travels_with_the_shard(store_folder):
    import pyarrow.parquet as pq

    about = pq.read_schema(shards(store_folder)[0]).metadata
    assert Scheme.from_json(about[b"scheme"].decode()) == load("ibug68")


def detecting(settings, missed="landmarks"):
    return settings.model_copy(update={"box": "detector", "missed": missed})


@pytest.fixture(scope="module")
def detected(drawn_set, crop_settings, tmp_path_factory):
    """A store cut by the detector's boxes, and what was counted."""
    out = tmp_path_factory.mktemp("detected") / "cache"
    return out, build(drawn_set, load("ibug68"), detecting(crop_settings), out)


def test_faces_that_the_detector_misses_are_counted_and_cut_by_their_landmarks(detected, store):
    folder, built = detected
    columns = read_columns(folder, ["face", "rule", "detector_box"])
    assert columns["face"] == store.face
    assert built.faces == len(store.face)
    assert built.left_out == 0
    assert 0 < built.missed < built.faces
    assert Counter(columns["rule"])["landmarks"] == built.missed
    for rule, box in zip(columns["rule"], columns["detector_box"], strict=True):
        assert (box is None) == (rule == "landmarks")
    crops = read(folder, store.face)
    assert crops.rule == columns["rule"]
    for index, rule in enumerate(crops.rule):
        same = crops.crop[index] == store.crop[index]
        assert same == (rule == "landmarks")


def test_faces_that_the_detector_misses_can_be_left_out(
    drawn_set, crop_settings, detected, tmp_path
):
    _, other = detected
    out = tmp_path / "cache"
    built = build(drawn_set, load("ibug68"), detecting(crop_settings, "leave_out"), out)
    assert built.missed == built.left_out == other.missed
    assert built.faces == other.faces - other.missed
    assert set(read_columns(out, ["rule"])["rule"]) == {"detector"}


def test_the_detector_finds_the_same_with_any_number_of_processes(
    drawn_set, crop_settings, detected, tmp_path
):
    cv2.setNumThreads(4)
    build(drawn_set, load("ibug68"), detecting(crop_settings), tmp_path / "one", 1)
    assert cv2.getNumThreads() == 4
    build(drawn_set, load("ibug68"), detecting(crop_settings), tmp_path / "three", 3)
    assert digest(tmp_path / "one") == digest(tmp_path / "three") == digest(detected[0])


class Crowd:
    """Photos of two drawn faces each, one of which is a black square that no detector finds."""

    def __init__(self, drawn_set, found):
        self.drawn_set = drawn_set
        self.found = found

    def faces(self):
        blank = self.found.landmarks + np.float32([96, 0])
        return [dataclasses.replace(self.found, landmarks=blank), self.found]

    def image(self, _face):
        image = self.drawn_set.image(self.found)
        return np.hstack([image, np.zeros_like(image)])


def test_a_face_keeps_its_id_when_an_earlier_one_of_its_photo_is_left_out(
    drawn_set, crop_settings, detected, tmp_path
):
    rules = read_columns(detected[0], ["rule"])["rule"]
    crowd = Crowd(drawn_set, drawn_set.faces()[rules.index("detector")])
    for missed, ids in (("landmarks", ["", "#2"]), ("leave_out", ["#2"])):
        out = tmp_path / missed
        build(crowd, load("ibug68"), detecting(crop_settings, missed), out)
        assert read_columns(out, ["face"])["face"] == [crowd.found.image + end for end in ids]


def test_a_set_whose_faces_are_all_missed_is_an_error(drawn_set, crop_settings, tmp_path):
    class Blank:
        faces = drawn_set.faces

        def image(self, _face):
            return np.zeros((96, 96, 3), np.uint8)

    with pytest.raises(FacepointsError, match="no face is left: 24 in all.* 24 that the detector"):
        build(Blank(), load("ibug68"), detecting(crop_settings, "leave_out"), tmp_path / "cache", 1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("box", ["landmarks", "annotated", "detector", "image"])
@pytest.mark.parametrize(("unit", "padding"), [("side", 0.25), ("pixels", 10.0)])
@pytest.mark.parametrize("keep_aspect", [True, False])
def test_every_rule_with_every_padding_cuts_points_and_pixels_alike(
    drawn_set, crop_settings, tmp_path, box, unit, padding, keep_aspect
):
    shape = {"box": box, "padding": padding, "padding_unit": unit, "keep_aspect": keep_aspect}
    out = tmp_path / "cache"
    boxed = Boxed(drawn_set)
    build(boxed, load("ibug68"), crop_settings.model_copy(update=shape), out, 1)
    crops = read_spread(out, 4)
    assert set(crops.rule) <= {box, "landmarks"}
    for index, face in enumerate(boxed.faces()):
        affine = crops.affine[index]
        np.testing.assert_allclose(apply(affine, face.landmarks), crops.landmarks[index], atol=1e-3)
        assert keep_aspect == (affine[0, 0] == pytest.approx(affine[1, 1]))


class Boxed:
    """Four drawn faces, wider than high, with an annotated box each."""

    def __init__(self, drawn_set):
        self.drawn_set = drawn_set

    def faces(self):
        box = np.array([10, 20, 90, 80], np.float32)
        return [dataclasses.replace(face, box=box) for face in self.drawn_set.faces()[:4]]

    def image(self, face):
        return self.drawn_set.image(face)[:90]
