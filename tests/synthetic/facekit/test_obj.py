import numpy as np
import pytest

from facepoints import FacepointsError
from facepoints.synthetic.facekit import obj

SQUARE = """# a square and a triangle
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0.5
vt 0 0
vt 1 0
vt 1 1
vt 0 1
usemtl Front
f 1/1 2/2 3/3 4/4
usemtl Back
f 3/3/1 2/2/1 1/4/1
"""


@pytest.fixture
def square(tmp_path):
    path = tmp_path / "square.obj"
    path.write_text(SQUARE)
    return path


def test_vertices_are_read(square):
    found = obj.vertices(square)
    assert found.dtype == np.float32
    assert found.tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0.5]]


def test_polygons_become_fans_with_their_textures_and_materials(square):
    found = obj.polygons(square)
    assert found.count == 2
    assert found.triangles.tolist() == [[0, 1, 2], [0, 2, 3], [2, 1, 0]]
    assert found.materials == ["Front", "Front", "Back"]
    assert found.texture[1].tolist() == [[0, 0], [1, 1], [0, 1]]
    assert found.texture[2].tolist() == [[1, 1], [1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("v 1 2\n", "expected the vertices of a Wavefront OBJ file"),
        ("v 1 2 x\n", "expected the vertices of a Wavefront OBJ file"),
        ("v 1 2 nan\n", "expected lines `v x y z` with finite numbers"),
        ("<html>no such page</html>", "expected lines `v x y z` with finite numbers"),
    ],
)
def test_wrong_vertices_name_the_file(tmp_path, text, message):
    path = tmp_path / "wrong.obj"
    path.write_text(text)
    with pytest.raises(FacepointsError, match=rf"wrong.obj: {message}.*Get the file again"):
        obj.vertices(path)


def test_a_missing_file_and_wrong_polygons_are_told(tmp_path):
    with pytest.raises(FacepointsError, match=r"none.obj: expected the vertices .*No such file"):
        obj.vertices(tmp_path / "none.obj")
    path = tmp_path / "wrong.obj"
    path.write_text("v 0 0 0\nf 1/1 1/2 1/3\n")  # texture coordinates that are not there
    with pytest.raises(FacepointsError, match="wrong.obj: expected the polygons"):
        obj.polygons(path)
