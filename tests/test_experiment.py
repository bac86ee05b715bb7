import copy
from pathlib import Path

import pytest

from facepoints import FacepointsError, parameters
from facepoints.datasets.settings import OPTIONS
from facepoints.experiment import UNSEEN, Experiment, check

PARAMS = parameters.read(Path(__file__).parent.parent / "params.yaml")


def test_the_shipped_parameters_are_valid():
    assert check(PARAMS).datasets == ["synthetic"]


@pytest.mark.parametrize(
    ("key", "found", "message"),
    [
        ("datasets", ["wfwl"], "datasets: 'wfwl' is defined nowhere; expected one of .*muct"),
        ("models", ["resnet19"], "models: 'resnet19' is defined nowhere"),
        ("augmentations", ["al"], "augmentations: 'al' is defined nowhere"),
        ("train_on", ["muct"], "train_on: 'muct' must stand in datasets too"),
        ("adapt_to", ["w30"], "adapt_to: 'w30' is defined nowhere; expected one of .*w300"),
        ("adapt_to", ["w300"], "adapt_to: 'w300' must stand in datasets too"),
        ("adapt_to", ["synthetic", "synthetic"], "adapt_to: synthetic stands there twice"),
        ("seeds", [0, 0], "seeds: 0 stands there twice"),
        ("seeds", [], r"seeds: must hold 1 or more; found \[\]\.$"),
        ("models", "resnet18", "models: must be a list, .*found 'resnet18'"),
        ("train", 3, r"^params.yaml: train: must hold keys and values; found 3\.$"),
        ("train_sizes", [True], "train_sizes.0: expected all or a whole number"),
        ("train_sizes", [0], "train_sizes.0: expected all or a whole number above 0; found 0"),
        ("train_sizes", ["most"], "^[^\n]*train_sizes.0: expected all .* found 'most'[^\n]*$"),
        ("cache.side", "224", "cache.side: .*integer; found '224'"),
        ("cache.box", "landmark", "cache.box: .*'landmarks'.*found 'landmark'"),
        ("cache.sizes", 3, "unknown key cache.sizes"),
        ("speed", 3, "unknown key speed"),
        ("train.epoch", 3, r"unknown key train.epoch \(allowed there: epochs, "),
        ("model.resnet18.head.pools", 3, r"head.pools \(allowed there: name, pool, "),
        ("augmentation.all.blur.sigmas", 3, r"blur.sigmas \(allowed there: probability, sigma"),
        ("dataset.muct.test", "official", "format muct has no official test split"),
        ("model.mobilenet_v3_small.input", 110, "input: 110 makes .*expected a multiple of 4"),
        ("train.learning_rate", -1.0, "train.learning_rate: .*greater than 0"),
        (
            "model.resnet18.weights",
            "My-Net",
            "model.resnet18.weights: must be none, imagenet or a name of kept weights: .*found 'My-Net'",
        ),
        ("model.custom_cnn.weights", "imagenet", "custom_cnn has no ImageNet weights"),
        ("model.resnet18.backbone", "resnet19", "model.resnet18.backbone: .*Near are: resnet1"),
        ("model.resnet18.loss.beta", 1.0, "loss wing takes epsilon and w"),
        (
            "model.resnet18.head.name",
            "pips",
            "^[^\n]*model.resnet18.head.name: must be one of regression, pip",
        ),
        (
            "model.resnet18_pip.head.pool",
            3,
            r"key model.resnet18_pip.head.pool \(allowed there: name, nei",
        ),
        ("model.resnet18_pip.loss.name", "star", "loss star takes beta and omega"),
        ("model.resnet18_heatmap.loss.unit", "pixel", "needs loss.unit map"),
        ("model.resnet18_star.head.name", "regression", "model.resnet18_star.head"),
        ("dataset.muct.scheme", "ibug68", "dataset.muct.*allowed: muct76"),
        ("dataset.muct.digest", "abc", "dataset.muct.digest"),
        ("dataset.synthetic.options.face", 3, "unknown key dataset.synthetic.options.face "),
        (
            "dataset.synthetic.options.faces",
            -4,
            r"^params.yaml: dataset.synthetic.options.faces: must be greater than 0; found -4\.$",
        ),
        ("dataset.muct.options", {"faces": 4}, "unknown key dataset.muct.options.faces"),
        ("model.size", PARAMS["model"]["resnet18"], "model.size: .*not size or nfiles"),
        ("model.a-b", {}, "model.a-b"),
        ("model.resnet18.backbone", "vit_b_16", "no backbone 'vit_b_16'"),
        ("model.custom_cnn.input", 112, "custom_cnn takes images of 224 pixels, not 112"),
        ("augmentation.all.blur.sigma", [0.2, 0.1], "augmentation.all.blur.sigma: .*from ≤ to"),
        ("seeds", [-1], "seeds.0: .*greater than or equal to 0"),
        ("evaluate.normaliser", "eyes", "scheme ibug68 of data set synthetic has no 'eyes'"),
        ("cache.box", "annotated", "data set synthetic has no annotated boxes"),
    ],
)
def test_wrong_parameters_are_refused(key, found, message):
    params = copy.deepcopy(PARAMS)
    *parents, last = key.split(".")
    part = params
    for parent in parents:
        part = part[parent]
    part[last] = found
    with pytest.raises(FacepointsError, match=message):
        check(params)


def test_kept_weights_are_looked_for_by_the_start_stage():
    params = copy.deepcopy(PARAMS)
    params["model"]["custom_cnn"].update(weights="drawn", freeze=True)
    assert check(params).model["custom_cnn"].weights == "drawn"


def test_a_set_with_nothing_but_test_faces_cannot_be_learned_from():
    params = copy.deepcopy(PARAMS)
    params["dataset"]["synthetic"]["test"] = "all"
    with pytest.raises(FacepointsError, match="test: all leaves no face to learn from"):
        check(params)


def test_nor_can_points_be_adapted_to_it():
    params = copy.deepcopy(PARAMS)
    params["dataset"]["muct"]["test"] = "all"
    params["datasets"].append("muct")
    params["adapt_to"] = ["muct"]
    with pytest.raises(
        FacepointsError, match="learn from, but adapt_to names muct.*out of adapt_to"
    ):
        check(params)


def test_a_scheme_among_a_set_s_own_files_is_left_to_the_stage_that_reads_them():
    params = copy.deepcopy(PARAMS)
    params["dataset"]["own"] = {**params["dataset"]["muct"], "format": "csv", "scheme": "own.yaml"}
    params["datasets"].append("own")
    assert check(params).dataset["own"].scheme == "own.yaml"
    params["dataset"]["own"]["scheme"] = "../own.yaml"
    with pytest.raises(FacepointsError, match="own.scheme: expected a path below the set's folder"):
        check(params)


def test_the_box_normalises_every_scheme():
    params = copy.deepcopy(PARAMS)
    params["datasets"].append("muct")
    params["evaluate"]["normaliser"] = "box"
    assert check(params).evaluate.normaliser == "box"


@pytest.mark.parametrize("key", ["seeds", "cache.side", "train.epochs", "dataset.muct.test"])
def test_missing_parameters_are_refused(key):
    params = copy.deepcopy(PARAMS)
    *parents, last = key.split(".")
    part = params
    for parent in parents:
        part = part[parent]
    del part[last]
    with pytest.raises(FacepointsError, match=f"key {key} is missing"):
        check(params)


def test_no_parameter_is_called_what_dvc_s_run_cache_does_not_see():
    """tests/stages/test_pipeline.py shows what the run cache would do."""
    classes = [Experiment, *OPTIONS.values()]
    schemas = [kind.model_json_schema() for kind in classes]
    parts = [part for schema in schemas for part in (schema, *schema.get("$defs", {}).values())]
    keys = {key for part in parts for key in part.get("properties", {})}
    assert {"side", "train", "beta", "sigma"} <= keys  # the walk reaches every depth
    assert keys.isdisjoint(UNSEEN)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stride": 2, "maps": "pyramid"}, None),
        ({"sigma": 0.0}, "model.resnet18_heatmap.head.sigma: .*greater than 0"),
    ],
)
def test_a_selected_model_must_fit_together(change, message):
    params = copy.deepcopy(PARAMS)
    params["models"] = ["resnet18_heatmap"]
    params["model"]["resnet18_heatmap"]["head"].update(change)
    if message is None:
        check(params)
        return
    with pytest.raises(FacepointsError, match=message):
        check(params)


def test_a_backbone_without_the_maps_that_a_head_needs_is_refused_where_it_is_selected():
    params = copy.deepcopy(PARAMS)
    params["model"]["resnet18_heatmap"]["backbone"] = "alexnet"
    check(params)  # not selected
    params["models"] = ["resnet18_heatmap"]
    with pytest.raises(
        FacepointsError, match="model.resnet18_heatmap: alexnet at 128 pixels: head.str"
    ):
        check(params)


def test_offsets_that_would_not_reach_every_point_are_refused():
    params = copy.deepcopy(PARAMS)
    params["model"]["resnet18_heatmap"]["head"]["sigma"] = 0.5
    with pytest.raises(FacepointsError, match="decoding offset needs a sigma of 0.75 cells or mor"):
        check(params)
    params["model"]["resnet18_heatmap"]["head"]["decoding"] = "dark"
    check(params)


def test_a_loss_that_a_head_cannot_learn_by_is_refused_with_those_that_it_can():
    params = copy.deepcopy(PARAMS)
    params["model"]["resnet18_pip"]["loss"] = {"name": "gaussian_nll", "unit": "view"}
    with pytest.raises(
        FacepointsError, match="pip cannot learn by loss gaussian_nll; it takes wing, "
    ):
        check(params)
