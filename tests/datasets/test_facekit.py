"""The reader, on the real model: what the cache stage gets, its bytes and its memory."""

import pickle
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from facepoints.crops.settings import CacheSettings
from facepoints.datasets.library import open_set
from facepoints.parameters import checked, read
from facepoints.schemes.library import load
from facepoints.store.build import build

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
PARAMS = read(ROOT / "params.yaml")
OPTIONS = {**PARAMS["dataset"]["facekit"]["options"], "faces": 40, "side": 96}
LIMIT = 2e9  # bytes
BUILD = """
import sys
from pathlib import Path
from facepoints.crops.settings import CacheSettings
from facepoints.datasets.library import open_set
from facepoints.parameters import checked, read
from facepoints.schemes.library import load
from facepoints.store.build import build
root, raw, out, processes = sys.argv[1:]
params = read(Path(root) / "params.yaml")
options = {**params["dataset"]["facekit"]["options"], "faces": 40, "side": 96}
scheme = load("ibug68")
cache = checked(params["cache"], "cache", CacheSettings)
if __name__ == "__main__":
    build(open_set("facekit", Path(raw), scheme, options), scheme, cache, Path(out), int(processes))
"""


@pytest.fixture(scope="module")
def raw(copies) -> Path:
    return copies / "facekit"


@pytest.mark.parametrize(("scheme", "count"), [("ibug68", 68), ("synthetics70", 70)])
def test_records_and_pictures(raw, scheme, count):
    faces = open_set("facekit", raw, load(scheme), OPTIONS)
    listed = faces.faces()
    assert len(listed) == 40
    found = [listed[index] for index in range(4)]
    assert [face.image for face in found] == ["000000", "000001", "000002", "000003"]
    assert len({face.group for face in found}) == 4
    for face in found:
        assert face.landmarks.shape == (count, 2)
        assert face.labelled.all()
        assert set(face.occlusion.tolist()) <= {0, 1}
        image = faces.image(face)
        assert image.shape == (96, 96, 3)
        # As the workers of the cache stage get it.
        again = pickle.loads(pickle.dumps(faces)).image(face)
        np.testing.assert_array_equal(again, image)
    assert any((face.occlusion == 0).any() for face in found)


def test_any_number_of_processes_writes_the_same_bytes_in_bounded_memory(raw, tmp_path):
    for processes in (1, 2, 3):
        out = tmp_path / str(processes)
        command = [sys.executable, "-c", BUILD, str(ROOT), str(raw), str(out), str(processes)]
        subprocess.run(command, check=True, capture_output=True)
    one, two, three = (
        [path.read_bytes() for path in sorted((tmp_path / name).iterdir())] for name in "123"
    )
    assert one == two == three
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert used < LIMIT


def test_the_cache_stage_s_own_function_takes_it(raw, tmp_path):
    scheme = load("ibug68_mesh")
    cache = checked(PARAMS["cache"], "cache", CacheSettings)
    options = {**OPTIONS, "faces": 3}
    built = build(open_set("facekit", raw, scheme, options), scheme, cache, tmp_path / "cache")
    assert (built.faces, built.unreadable) == (3, [])
