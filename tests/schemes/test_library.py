from pathlib import Path

import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.schemes.library import FOLDER, load, names
from facepoints.schemes.scheme import SHARED_NAMES, Scheme


@pytest.mark.parametrize("name", names())
def test_shipped_schemes_are_whole(name: str) -> None:
    scheme = load(name)
    everyone = list(range(scheme.points))
    assert scheme.name == name
    assert sorted(index for group in scheme.groups.values() for index in group) == everyone
    assert sorted(index for region in scheme.regions for index in scheme.region(region)) == everyone
    pupils = (
        set() if name.startswith("ibug68") else {"right_pupil", "left_pupil"}
    )  # 68 points have none
    assert set(scheme.shared) == set(SHARED_NAMES) - {"right_pupil", "left_pupil"} | pupils
    assert scheme.missing() == []
    assert scheme.convention
    assert len(scheme.shape) == scheme.points
    assert Scheme.from_json(scheme.to_json()) == scheme
    assert len(scheme.to_json()) < 4000  # it stands in the metadata of each shard


@pytest.mark.parametrize("name", names())
def test_shipped_schemes_mirror_parts_into_parts(name: str) -> None:
    scheme = load(name)
    for group, indices in scheme.groups.items():
        side = group.replace("right", "LEFT").replace("left", "right").replace("LEFT", "left")
        assert {scheme.mirror[index] for index in indices} == set(scheme.groups[side])
    for right, left in scheme.normalisers.values():
        assert {scheme.mirror[index] for index in right} == set(left)


def test_facts_of_the_design() -> None:
    ibug, muct = load("ibug68"), load("muct76")
    assert names() == ["ibug68", "ibug68_mesh", "muct76", "synthetics70", "wflw98"]
    assert (ibug.points, muct.points) == (68, 76)
    assert ibug.normalisers == {
        "inter_ocular": ((36,), (45,)),
        "inter_pupil": (tuple(range(36, 42)), tuple(range(42, 48))),
    }
    assert muct.normalisers["inter_ocular"] == ((27,), (32,))
    pairs = dict(zip((36, 39, 42, 45, 48, 54, 30, 8), (27, 29, 34, 32, 48, 54, 67, 7), strict=True))
    assert {ibug.shared[name]: muct.shared[name] for name in ibug.shared} == pairs
    assert ibug.normaliser == muct.normaliser == "inter_ocular"


@pytest.mark.parametrize("name", ["ibug68_mesh", "synthetics70", "wflw98"])
def test_maps_keep_sides_parts_and_shared_names(name: str) -> None:
    ibug, scheme = load("ibug68"), load(name)
    mapped = scheme.maps["ibug68"]
    assert len(mapped) == 68 == len(set(mapped))
    assert [scheme.mirror[index] for index in mapped] == [mapped[index] for index in ibug.mirror]
    for group, indices in ibug.groups.items():
        assert {mapped[index] for index in indices} <= set(scheme.groups[group])
    for point, index in ibug.shared.items():
        assert mapped[index] == scheme.shared[point]


def test_70_points_are_68_and_the_pupils() -> None:
    ibug, scheme = load("ibug68"), load("synthetics70")
    assert scheme.mirror == (*ibug.mirror, 69, 68)
    assert scheme.maps["ibug68"] == tuple(range(68))
    assert scheme.shape[:68] == ibug.shape


@pytest.mark.parametrize("name", names())
def test_the_drawn_shape_is_upright_symmetric_and_right_is_on_the_left(name: str) -> None:
    scheme = load(name)
    shape = np.array(scheme.shape)
    np.testing.assert_allclose(shape[list(scheme.mirror)] * [-1, 1] + [1, 0], shape, atol=0.002)
    place = {point: shape[index] for point, index in scheme.shared.items()}
    assert place["right_eye_outer"][0] < place["right_eye_inner"][0] < place["left_eye_inner"][0]
    assert place["right_eye_outer"][1] < place["nose_tip"][1] < place["mouth_left"][1] < 0.9
    assert place["chin"][1] == shape[:, 1].max()


def test_path_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    text = (FOLDER / "ibug68.yaml").read_text()
    path.write_text(text.replace("name: ibug68", "name: own"))
    assert load(str(path)).name == "own"
    path.write_text(text.replace("27, 28, 29, 30, 35", "27, 28, 30, 30, 35"))
    with pytest.raises(
        FacepointsError, match=r"own\.yaml: key mirror\[29\]: 29 goes to 30, but 30"
    ):
        load(str(path))
    path.write_text("groups: [")
    with pytest.raises(FacepointsError, match=r"own\.yaml: no valid YAML"):
        load(str(path))
    with pytest.raises(FacepointsError, match=r"none\.yaml: this scheme cannot be read \(No such"):
        load(str(tmp_path / "none.yaml"))


def test_unknown_name_lists_the_known() -> None:
    with pytest.raises(
        FacepointsError,
        match=r"unknown scheme 'ibug'. Known: ibug68, ibug68_mesh, muct76, synthetics70, wflw98;",
    ):
        load("ibug")
