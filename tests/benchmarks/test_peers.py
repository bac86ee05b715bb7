import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import boxes, cells, peers, trees
from facepoints import FacepointsError
from facepoints.augment.geometry import move_points, resample
from facepoints.augment.pipeline import views
from facepoints.datasets.library import open_set
from facepoints.evaluation.cell import evaluate
from facepoints.evaluation.settings import EvaluationSettings
from facepoints.models import weights
from facepoints.models.model import LandmarkModel
from facepoints.models.settings import ModelSettings
from facepoints.parameters import checked, value
from facepoints.parameters import read as read_parameters
from facepoints.schemes.library import load
from facepoints.splits import table
from facepoints.store.build import build
from facepoints.store.crops import read, read_columns
from facepoints.store.faces import decode, mean_shape

ROOT = Path(__file__).parent.parent.parent
PARAMS = read_parameters(ROOT / "params.yaml")
SETTINGS = value(PARAMS, "evaluate", EvaluationSettings)
# The default net, with few weights in its last layer.
ENTRY = PARAMS["model"]["mobilenet_v3_small"]
ENTRY = {**ENTRY, "input": 64, "head": {**ENTRY["head"], "pool": "average"}}
MODEL = checked(ENTRY, "model.tiny", ModelSettings)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@settings(deadline=None)  # the first call also loads kernels
@given(seed=st.integers(0, 2**32), faces=st.integers(1, 5))
def test_points_moved_into_a_box_and_back_are_where_they_were(seed, faces):
    draw = generator(seed)
    squares = boxes.shifted(faces, 0.15, draw)
    points = torch.rand((faces, 7, 2), generator=draw) * 1.5 - 0.25
    there = move_points(points, boxes.homography(squares))
    torch.testing.assert_close(boxes.to_view(there, squares), points, atol=1e-5, rtol=0)


@settings(deadline=None)  # the first call also loads kernels
@given(seed=st.integers(0, 2**32))
def test_shifted_boxes_stay_in_the_stated_range(seed):
    squares = boxes.shifted(50, 0.0, generator(seed))
    assert (squares[:, :2] - 0.5).abs().max() <= boxes.SHIFT + 1e-6
    assert squares[:, 2].min() >= boxes.SCALE[0] - 1e-6
    assert squares[:, 2].max() <= boxes.SCALE[1] + 1e-6


def test_equal_seeds_draw_equal_boxes():
    assert torch.equal(boxes.shifted(9, 0.1, generator(3)), boxes.shifted(9, 0.1, generator(3)))
    assert not torch.equal(boxes.shifted(9, 0.1, generator(3)), boxes.shifted(9, 0.1, generator(4)))


def test_an_exact_box_is_the_view_of_training_and_evaluation():
    crops = torch.randint(0, 256, (2, 3, 96, 96), generator=generator(), dtype=torch.uint8)
    square = boxes.exact(2)
    moved = resample(crops.float() / 255, boxes.homography(square), 64, 0.25)
    assert torch.equal(moved, views(crops, 64, 0.25))
    assert boxes.pixels(square, 64, 16).tolist() == [[16, 16, 79, 79]] * 2


@pytest.mark.parametrize("seed", range(8))
def test_pixels_of_a_box_move_with_its_points(seed):
    """A crop whose red is x and whose green is y shows in each pixel of the box where that lies in the view."""
    margin, stored, side = 0.25, 96, 64
    along = (torch.arange(stored) + 0.5) / stored * (1 + 2 * margin) - margin
    crop = torch.stack([along.expand(stored, stored), along[:, None].expand(stored, stored)])
    crop = torch.cat([crop, torch.zeros(1, stored, stored)])[None]
    squares = boxes.shifted(1, 0.1, generator(seed))
    shown = resample(crop, boxes.homography(squares), side, margin)[0, :2].flatten(1).T[None]
    axis = (torch.arange(side) + 0.5) / side
    centres = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1).view(1, -1, 2)
    torch.testing.assert_close(shown, boxes.to_view(centres, squares), atol=1e-4, rtol=0)


@pytest.mark.parametrize("seed", range(8))
def test_whole_pixels_of_a_box_lie_within_half_a_pixel_of_it(seed):
    side, margin = 64, 16
    squares = boxes.shifted(20, 0.1, generator(seed))
    corners = boxes.to_view(torch.tensor([[[0.0, 0.0], [1.0, 1.0]]]).expand(20, 2, 2), squares)
    expected = (corners * side + margin).flatten(1).numpy()
    first_and_end = boxes.pixels(squares, side, margin) + np.array([0, 0, 1, 1])
    assert np.abs(first_and_end - expected).max() <= 0.5 + 1e-4


@pytest.fixture(scope="module")
def model(store):
    """A net whose points are not all the mean shape's."""
    torch.manual_seed(0)
    model = LandmarkModel(MODEL, torch.from_numpy(mean_shape(store)), 64)
    with torch.no_grad():
        for parameter in model.head.parameters():
            parameter += 0.02 * torch.randn_like(parameter)
    return model.eval()


@pytest.mark.parametrize("flip", [False, True])
def test_with_exact_boxes_a_cell_has_the_nme_that_evaluate_gives_it(store, model, tmp_path, flip):
    name = "synthetic-tiny-none-all-0"
    path = tmp_path / "models" / name / "model.safetensors"
    weights.write_trained(path, model.state_dict(), store.scheme, store.settings, MODEL)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"model": {"tiny": ENTRY}}))
    expected = evaluate(
        model=model,
        last=model,
        scheme=store.scheme,
        store=store,
        settings=SETTINGS.model_copy(update={"flip_average": flip}),
        test="hash",
        results=tmp_path / "out",
        predictions=tmp_path / "points.parquet",
    )
    predict, scheme = cells.cell_points(name, tmp_path, store, store, flip)
    exact = [boxes.exact(len(store.face))]
    nme = peers.face_errors(predict, scheme, store, exact)
    usable = np.isfinite(nme)
    assert usable.sum() == expected["faces"]
    assert nme[usable].mean() == pytest.approx(expected["nme"], rel=1e-5)
    mean = peers.face_errors(
        lambda squares: cells.mean_points(mean_shape(store), squares), scheme, store, exact
    )
    assert mean[usable].mean() == pytest.approx(expected["baseline_nme"], rel=1e-5)


def test_a_mirrored_face_gets_the_mirrored_points_when_both_are_averaged(store, model):
    faces = decode(store, ENTRY["input"])
    mirror = torch.tensor(store.scheme.mirror)
    other = dataclasses.replace(faces, crops=faces.crops.flip(-1))
    squares = boxes.exact(len(faces))
    points = cells.model_points(model, faces, mirror, squares)
    mirrored = cells.model_points(model, other, mirror, squares)[:, mirror]
    mirrored[..., 0] = 1 - mirrored[..., 0]
    np.testing.assert_allclose(mirrored, points, atol=1e-5)


def test_several_draws_are_averaged_face_by_face(store):
    squares = [boxes.shifted(len(store.face), 0.1, generator(seed)) for seed in (1, 2)]

    def nme(draws):
        return peers.face_errors(
            lambda each: cells.mean_points(mean_shape(store), each), store.scheme, store, draws
        )

    expected = (nme(squares[:1]) + nme(squares[1:])) / 2
    np.testing.assert_allclose(nme(squares), expected)


def test_an_improvement_is_paired():
    theirs = np.arange(1.0, 21.0)
    groups = [str(face) for face in range(20)]
    # Whatever faces are drawn, 0.8 times each error is 20 % less.
    assert peers.improvement(0.8 * theirs, theirs, groups) == {
        "share": 0.2,
        "low": 0.2,
        "high": 0.2,
    }


def test_a_predictor_is_kept_under_its_faces_settings_and_version(store):
    settings, jittered = (
        trees.TreeSettings(),
        trees.TreeSettings(oversampling_translation_jitter=0.1),
    )
    plain = trees.key(store, settings, "20.0.1")
    assert trees.key(store, trees.TreeSettings(), "20.0.1") == plain
    assert trees.key(store, jittered, "20.0.1") != plain
    assert trees.key(store, settings, "20.0.2") != plain
    moved = dataclasses.replace(store, landmarks=store.landmarks + 1)
    assert trees.key(moved, settings, "20.0.1") != plain


def test_without_dlib_one_message_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "dlib", None)  # Python's own way to say: not there
    monkeypatch.setattr(sys, "argv", ["peers", "w300"])
    with pytest.raises(SystemExit) as ended:
        peers.main()
    assert "pip install -r requirements-peers.txt" in str(ended.value.code)
    assert str(ended.value.code).startswith("error: dlib")
    assert capsys.readouterr().out == ""


def test_a_cell_that_learned_from_other_faces_is_refused():
    peers.same_faces(["muct-resnet18-none-all-0"], "muct")
    with pytest.raises(FacepointsError, match="learned from 100 faces of muct, but dlib learns"):
        peers.same_faces(["muct-resnet18-none-all-0", "muct-resnet18-none-100-0"], "muct")
    with pytest.raises(FacepointsError, match="learned from all faces of w300, but .* of muct"):
        peers.same_faces(["w300-resnet18-none-all-0"], "muct")


def test_weights_that_are_missing_are_named(store, tmp_path):
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"model": {"tiny": ENTRY}}))
    with pytest.raises(FacepointsError, match="model.safetensors: no readable weights"):
        cells.cell_points("synthetic-tiny-none-all-0", tmp_path, store, store, False)


def test_a_cell_of_other_faces_or_crops_is_refused(store, model, tmp_path):
    """As an earlier experiment with another split or another crop leaves one."""
    name = "synthetic-tiny-none-all-0"
    path = tmp_path / "models" / name / "model.safetensors"
    weights.write_trained(path, model.state_dict(), store.scheme, store.settings, MODEL)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"model": {"tiny": ENTRY}}))
    cells.cell_points(name, tmp_path, store, store, False)
    moved = dataclasses.replace(store, landmarks=store.landmarks + 1)
    wider = dataclasses.replace(store, settings=store.settings.model_copy(update={"padding": 0.3}))
    for train, test in ((moved, store), (store, wider)):
        with pytest.raises(FacepointsError, match=f"{name}: learned from other faces or crops"):
            cells.cell_points(name, tmp_path, train, test, False)


def test_a_flip_without_a_mirror_is_refused(store, model, tmp_path):
    name = "synthetic-tiny-none-all-0"
    scheme = dataclasses.replace(store.scheme, mirror=None)
    path = tmp_path / "models" / name / "model.safetensors"
    weights.write_trained(path, model.state_dict(), scheme, store.settings, MODEL)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"model": {"tiny": ENTRY}}))
    with pytest.raises(FacepointsError, match="scheme ibug68 has no mirror.* leave --flip out"):
        cells.cell_points(name, tmp_path, store, store, True)


@pytest.fixture(scope="module")
def drawn_store(tmp_path_factory, crop_settings):
    """The folder of a crop store of 200 faces, and their ids."""
    folder = tmp_path_factory.mktemp("peers") / "synthetic"
    options = {**PARAMS["dataset"]["synthetic"]["options"], "faces": 200, "side": 96}
    drawn = open_set("synthetic", folder, load("ibug68"), options)
    build(drawn, load("ibug68"), crop_settings, folder)
    return folder, read_columns(folder, ["face"])["face"]


@pytest.mark.slow
def test_dlib_learns_drawn_faces_also_where_points_have_no_label(drawn_store, tmp_path):
    trees.library()  # without dlib this fails, and says what to install
    folder, faces = drawn_store
    train, test = read(folder, faces[:150]), read(folder, faces[150:])
    labelled = train.labelled.copy()
    labelled[::3, 8] = False  # the chin of every third face, as if never marked
    landmarks = np.where(labelled[..., None], train.landmarks, 0).astype(np.float32)
    train = dataclasses.replace(train, labelled=labelled, landmarks=landmarks)

    settings = trees.TreeSettings(cascade_depth=4, num_trees_per_cascade_level=60)
    predictor, seconds = trees.trained(train, settings, tmp_path)
    assert seconds > 0
    assert len(list(tmp_path.iterdir())) == 2  # the predictor and its seconds
    (written,) = tmp_path.glob("*.dat")
    when = written.stat().st_mtime_ns
    again, same = trees.trained(train, settings, tmp_path)
    assert (written.stat().st_mtime_ns, same) == (when, seconds)  # the second call does not train

    exact = boxes.exact(len(test.face))
    pictures = trees.images(test)
    points = trees.predict(predictor, pictures, test, exact)
    assert np.array_equal(trees.predict(again, pictures, test, exact), points)
    true = (test.landmarks + 0.5) / test.settings.side
    mean = np.broadcast_to(mean_shape(train), true.shape)
    found, baseline = (np.linalg.norm(each - true, axis=-1) for each in (points, mean))
    assert found.mean() < 0.8 * baseline.mean()
    assert found[:, 8].mean() < baseline[:, 8].mean()


@pytest.mark.slow
def test_the_benchmark_scores_dlib_a_cell_and_the_mean_shape(drawn_store, tmp_path, measured):
    trees.library()
    folder, faces = drawn_store
    name = "synthetic-tiny-none-all-0"
    (tmp_path / "data" / "cache").mkdir(parents=True)
    (tmp_path / "data" / "cache" / "synthetic").symlink_to(folder)
    splits = ["train"] * 150 + ["test"] * 50
    rows = [
        table.Row(face, face, split, order)
        for order, (face, split) in enumerate(zip(faces, splits, strict=True))
    ]
    table.write(rows, tmp_path / "data" / "splits" / "synthetic.csv")
    train = read(folder, faces[:150])
    model = LandmarkModel(MODEL, torch.from_numpy(mean_shape(train)), 64)
    path = tmp_path / "models" / name / "model.safetensors"
    weights.write_trained(path, model.state_dict(), train.scheme, train.settings, MODEL)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"model": {"tiny": ENTRY}}))

    command = ["benchmarks.peers", "synthetic", "--project", str(tmp_path), "--trees", "20"]
    found = measured(*command, "--cell", name, "--flip")
    assert len(list((tmp_path / ".scratch" / "peers").iterdir())) == 4  # two, each with its seconds
    assert (found["faces"]["train"], found["faces"]["test"]) == (150, 50)
    systems = found["systems"]
    assert list(systems) == ["mean shape", "dlib, jitter 0", "dlib, jitter 0.1", name]
    for column in ("exact", "shifted"):
        best = found["dlib"][column]["nme"]
        assert best == min(systems[f"dlib, jitter {jitter}"][column]["nme"] for jitter in (0, 0.1))
        assert best < 0.8 * systems["mean shape"][column]["nme"]
        untrained = found["improvement"][name][column]  # it predicts about the mean shape
        assert untrained["low"] <= untrained["share"] <= untrained["high"] < 0
    assert systems["mean shape"]["exact"]["nme"] < systems["mean shape"]["shifted"]["nme"]
    assert measured(*command, "--cell", name, "--flip") == found
