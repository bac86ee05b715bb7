"""Label adaptation in the tiny pipeline: rows of their own, from training faces alone."""

import json
import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from facepoints.splits import table
from facepoints.store.crops import read_columns
from tests.stages.conftest import Clone
from tests.stages.test_pipeline import ALL_CELL_STAGES, GEOMETRIC, NONE, START, of_cells, ran

pytestmark = pytest.mark.slow  # a pipeline of its own

ADAPT, SCORE = (
    {f"{stage}@synthetic-{name}" for name in (NONE, GEOMETRIC)}
    for stage in ("adapt", "evaluate_adapted")
)
BOTH = ADAPT | SCORE
# Edit → the stages whose inputs it changes.
EDITS = {
    "src/facepoints/adaptation/regressor.py": BOTH,
    "src/facepoints/adaptation/scoring.py": SCORE,
    "src/facepoints/adapted.py": SCORE | {"render"},
    "src/facepoints/evaluation/robustness.py": of_cells(["evaluate"]),
    "src/facepoints/evaluation/measured.py": of_cells(["evaluate"]) | SCORE,
    "src/facepoints/evaluation/score.py": of_cells(["export", "evaluate"]) | BOTH,
    "src/facepoints/inference/handout.py": of_cells(["export", "evaluate"]),
    "src/facepoints/models/losses.py": START | ALL_CELL_STAGES | BOTH,
    "src/facepoints/training/loop.py": of_cells(["train"]),
    "stages/adapt.py": ADAPT,
}


@pytest.fixture(scope="module")
def adapted(finished, tmp_path_factory) -> Clone:
    """The finished clone after an experiment with adapt_to, some 30 s. Do not change it: copy it."""
    folder = tmp_path_factory.mktemp("adapted") / "clone"
    shutil.copytree(finished.folder, folder, symlinks=True)
    clone = Clone(folder)
    clone.said = clone.run("dvc", "exp", "run", "-S", "adapt_to=[synthetic]").stdout
    return clone


@pytest.fixture
def copy(adapted, tmp_path) -> Clone:
    """A copy of it."""
    folder = tmp_path / "clone"
    shutil.copytree(adapted.folder, folder, symlinks=True)
    return Clone(folder)


def test_only_its_own_stages_and_render_run(adapted):
    assert ran(adapted.said) == BOTH | {"check", "render"}
    assert adapted.params()["adapt_to"] == ["synthetic"]
    assert adapted.stale() == set()


def test_what_was_there_stays_byte_for_byte(finished, adapted):
    files = [path for path in (finished.folder / "results").rglob("*") if path.is_file()]
    assert len(files) == 2 * (1 + 2 + 1 + 4)
    for path in files:
        other = adapted.folder / path.relative_to(finished.folder)
        assert other.read_bytes() == path.read_bytes()
    before, after = (
        (clone.folder / "metrics/summary.json").read_text() for clone in (finished, adapted)
    )
    numbers = json.loads(after)["synthetic"]
    assert set(numbers) - set(json.loads(before)["synthetic"]) == {
        "mobilenet_v3_small-none+adapted",
        "mobilenet_v3_small-geometric+adapted",
    }
    assert numbers.items() >= json.loads(before)["synthetic"].items()


def test_a_row_is_measured_as_its_cell_is(adapted):
    folder = adapted.folder / "results/evaluate/synthetic"
    plain, row = (
        json.loads((folder / f"{name}.json").read_text()) for name in (NONE, f"{NONE}+adapted")
    )
    same = ("baseline_nme", "faces", "faces_sha256", "points", "normaliser", "test", "box", "shape")
    assert [row[key] for key in same] == [plain[key] for key in same]
    assert row["nme"] < plain["nme"]
    told = adapted.run("facepoints", "compare", NONE, f"{NONE}+adapted").stdout
    assert f"synthetic: {NONE}+adapted against {NONE}, NME" in told
    assert f"{NONE}+adapted" in adapted.run("facepoints", "summary").stdout


def test_no_test_face_is_read_and_the_threads_of_the_environment_do_not_matter(copy):
    """Without the test faces, in the split or the store, the same regressor is found, byte for byte."""
    adapter = copy.folder / f"data/adapters/synthetic/{NONE}.safetensors"
    before = adapter.read_bytes()
    split = copy.folder / "data/splits/synthetic.csv"
    rows = table.read(split)
    hidden = set(table.faces(rows, "test"))
    table.write([row for row in rows if row.face not in hidden], split)
    store = copy.folder / "data/cache/synthetic"
    for shard in store.glob("*.parquet"):
        faces = pq.read_table(shard)
        left = faces.filter(pc.invert(pc.is_in(faces["face"], pa.array(sorted(hidden)))))
        shard.unlink()  # it may share its bytes with the cache
        pq.write_table(left, shard)
    assert hidden.isdisjoint(read_columns(store, ["face"])["face"])
    adapter.unlink()
    shutil.rmtree(copy.folder / "data/predictions")
    copy.run("python", "-m", "stages.adapt", "synthetic", NONE, OMP_NUM_THREADS="2")
    assert adapter.read_bytes() == before


def test_the_rows_go_when_adapt_to_is_empty_again(finished, copy):
    copy.run("dvc", "exp", "run", "-S", "adapt_to=[]")
    for file in ("metrics/summary.json", "metrics/summary.csv"):
        assert (copy.folder / file).read_bytes() == (finished.folder / file).read_bytes()
    assert not list((copy.folder / "results").rglob("*+adapted*"))
    params = yaml.safe_load((finished.folder / "params.yaml").read_text())
    assert copy.params() == params


@pytest.mark.parametrize("file", EDITS)
def test_an_edit_of_code_makes_exactly_its_stages_stale(adapted, file):
    before = (adapted.folder / file).read_text()
    try:
        adapted.edit(file)
        assert adapted.stale() - {"check"} == EDITS[file]
    finally:
        (adapted.folder / file).write_text(before)
