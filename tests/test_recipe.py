import re
from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FacepointsError, experiment, parameters, recipe
from facepoints.splits.split import assign

ROOT = Path(__file__).parent.parent
PARAMS = parameters.read(ROOT / "params.yaml")
SHIPPED = sorted(path.stem for path in (ROOT / "recipes").glob("*.yaml"))
PARTS = ("cache", "split", "train", "evaluate")
# How a result is computed, stored and shown, not which one.
NOT_SET = {
    "cache.quality",
    "cache.missed",
    "cache.max_unreadable",
    "train.precision",
    "train.compile",
    "train.threads",
    "evaluate.exported",
    "evaluate.resamples",
    "evaluate.robustness",
    "evaluate.sheet_faces",
    "evaluate.threads",
}
SCHEDULE = {
    "plateau": {"train.patience", "train.factor"},
    "step": {"train.milestones", "train.factor"},
}
SMALL = "title: A small one\nabout: It is for tests.\noverrides:\n"


def test_params_yaml_stays_whole_where_dvc_fills_lists_and_recipes_empty_them(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text((ROOT / "params.yaml").read_text())
    for name in SHIPPED:
        overrides = recipe.changes(recipe.read(name).overrides)
        apply_overrides(path, [*overrides, "adapt_to=[w300,muct]"])
        assert parameters.read(path)["adapt_to"] == ["w300", "muct"]
        apply_overrides(path, overrides)
        assert parameters.read(path)["adapt_to"] == []
        assert "\nadapt_to: []\ndataset: # how each" in path.read_text()


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The recipes of a project, the working directory; `small` is one of them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "small.yaml").write_text(SMALL + "  train.epochs: 1\n")
    return tmp_path / "recipes"


def test_a_recipe_is_read(folder):
    text = SMALL + "  models: [resnet18, resnet50]\n  train.ema:\n  train.learning_rate: 1e-4\n"
    (folder / "other-one.yaml").write_text(text)
    assert recipe.names() == ["other-one", "small"]
    found = recipe.read("other-one")
    assert (found.title, found.about) == ("A small one", "It is for tests.")
    assert recipe.changes(found.overrides) == [
        "models=[resnet18,resnet50]",
        "train.ema=null",
        "train.learning_rate=0.0001",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: A\nabout: B\n", "key overrides is missing"),
        (SMALL, r"overrides: must hold keys and values; found None"),
        ("about: B\noverrides: {train.epochs: 1}\n", "key title is missing"),
        ("title: 3\nabout: B\noverrides: {train.epochs: 1}\n", "title: must be a valid string"),
        (SMALL + "  train.epochs: 1\nauthor: C\n", r"unknown key author \(allowed there: title, "),
        (SMALL + "  train: {epochs: 1}\n", "overrides.train: expected one value or a list of valu"),
        (SMALL + "  seeds: [[0]]\n", "overrides.seeds: expected one value or a list of values"),
        (SMALL + "  train.clip: .inf\n", "overrides.train.clip: expected a finite number"),
        (SMALL + "  models: [it's]\n", r"overrides.models: expected text in one line without ', "),
        ("title: A: B\n", "no valid YAML"),
    ],
)
def test_a_wrong_file_is_refused_by_its_name_and_key(folder, text, message):
    (folder / "wrong.yaml").write_text(text)
    with pytest.raises(FacepointsError, match=rf"^recipes/wrong.yaml: .*{message}"):
        recipe.read("wrong")


@pytest.mark.usefixtures("folder")
def test_an_unknown_recipe_is_told_the_near_ones():
    with pytest.raises(FacepointsError, match=r"no recipe 'smal' in recipes/\. Near are: small\."):
        recipe.read("smal")
    with pytest.raises(FacepointsError, match=r"no recipe '300' in recipes/\. There are: small\."):
        recipe.read("300")


def test_recipes_are_looked_for_in_the_project_s_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FacepointsError, match="recipes: no such folder. Run from the project's ro"):
        recipe.names()


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "k=null"),
        (True, "k=true"),
        (8, "k=8"),
        (0.0, "k=0.0"),
        (1e-05, "k=1e-05"),
        ("all", "k=all"),
        ("timm:hrnet_w18", "k=timm:hrnet_w18"),
        ("null", "k='null'"),
        ("12", "k='12'"),
        ("", "k=''"),
        (["all", 1000, None], "k=[all,1000,null]"),
    ],
)
def test_values_as_dvc_takes_them(value, word):
    assert recipe.changes({"k": value}) == [word]
    assert recipe.change(word) == ("k", value)


TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="'\\$")
)
SINGLE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS
)


@given(st.one_of(SINGLE, st.lists(SINGLE, max_size=4)))
def test_the_grammar_of_dvc_s_options_gives_every_value_back(value):
    (word,) = recipe.changes({"train.key": value})
    override = OverridesParser.create().parse_override(word)
    assert override.key_or_group == "train.key"
    assert repr(plain(override.value())) == repr(value)  # by repr: 1 is not 1.0, nor True
    assert not override.is_sweep_override()
    assert repr(recipe.change(word)) == repr(("train.key", value))


def plain(value):
    """Hydra's quoted strings as strings."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return getattr(value, "text", value)


@pytest.mark.parametrize("text", ["yes", "on", "0x10", "010", "12:30"])
def test_what_other_grammars_take_for_a_value_is_text_as_for_dvc(text):
    assert recipe.change(f"k={text}") == ("k", text)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("epochs", "-S epochs: expected KEY=VALUE, as in -S train.epochs=8"),
        ("=3", "-S =3: expected KEY=VALUE"),
        ("seeds=[0", r"'\[0' is no value; expected one value, or a list as in -S 'seeds="),
        ("train={epochs: 1}", "expected one value or a list of values"),
        ("train.epochs=1,2", "expected one value or a list of values for a key that is there"),
        ("+train.epochs=1", "expected one value or a list of values for a key that is there"),
        ("k=#c", "'#c' is no value; expected one value, or a list"),
    ],
)
def test_a_wrong_change_of_one_s_own_is_refused(word, message):
    with pytest.raises(FacepointsError, match=message):
        recipe.change(word)


def test_own_changes_come_last_and_replace_the_recipe_s():
    overrides = {"seeds": [0], "train.epochs": 8, "train.ema": None}
    own = ["train.epochs=1", "seeds=[3]", "cache.side=64"]
    assert recipe.together(overrides, own) == ["train.ema=null", *own]
    assert recipe.together(overrides, []) == recipe.changes(overrides)


def test_changes_are_applied_to_a_copy():
    result = recipe.changed(PARAMS, {"train.epochs": 7, "models": ["resnet18"]}, "here")
    assert (result["train"]["epochs"], result["models"]) == (7, ["resnet18"])
    result["train"]["epochs"] = PARAMS["train"]["epochs"]
    assert {**result, "models": PARAMS["models"]} == PARAMS
    assert PARAMS["models"] != ["resnet18"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("train.epoch", r"^x: params.yaml has no key train.epoch \(near are: train.epochs, "),
        ("+train.epochs", "has no key +train.epochs (near are: train.epochs"),
        ("seeds.0", "has no key seeds.0"),
        ("qqqqqqqqqqqq", r"has no key q* \(near are: none\)"),
        ("model.resnet18", r"^x: model.resnet18 holds further keys in params.yaml \(backbone, "),
        ("augmentation.none", "^x: augmentation.none is a group without keys in params.yaml"),
    ],
)
def test_only_existing_keys_with_values_can_be_changed(key, message):
    pattern = message if message[0] == "^" or "*" in message else re.escape(message)
    with pytest.raises(FacepointsError, match=pattern):
        recipe.changed(PARAMS, {key: 3}, "x")


@pytest.fixture
def shipped(monkeypatch):
    """The shipped recipes by their names."""
    monkeypatch.chdir(ROOT)
    return recipe.read


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recipe_selects_and_sets_only_what_params_yaml_has(shipped, name):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name)
    found = shipped(name)
    assert len(found.title) < 100
    experiment.check(recipe.changed(PARAMS, found.overrides, name))


@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_that_bears_on_a_shipped_recipe_s_result_is_left_to_defaults(shipped, name):
    overrides = shipped(name).overrides
    head = {key for key, value in PARAMS.items() if isinstance(value, list)}
    needed = {f"{part}.{key}" for part in PARTS for key in PARAMS[part]} - NOT_SET
    needed -= {"train.patience", "train.factor", "train.milestones"}
    needed |= SCHEDULE.get(overrides["train.schedule"], set())
    needed |= {f"dataset.{dataset}.test" for dataset in overrides["datasets"]}
    own = r"dataset\..*\.faces|model\..*\.learning_rate"  # what a recipe may say besides
    given = {key for key in overrides if not re.fullmatch(own, key)}
    assert given == head | needed


def test_ten_thousand_rendered_faces_are_left_to_train_on(shipped):
    made = experiment.check(recipe.changed(PARAMS, shipped("facesynthetics-grid").overrides, ""))
    count = made.dataset["face_synthetics"].faces
    splits = assign([f"{n:06}" for n in range(count)], [None] * count, "hash", made.split, "")
    assert splits.count("train") >= max(made.train_sizes)
