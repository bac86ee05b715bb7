import json

from facepoints.inference.card import card, write_card
from facepoints.models.settings import LossSettings, ModelSettings, RegressionSettings
from facepoints.schemes.library import load
from facepoints.schemes.scheme import Scheme

MODEL = ModelSettings(
    backbone="mobilenet_v3_small",
    weights="none",
    freeze=False,
    input=64,
    normalise="half",
    batch_norm_momentum=None,
    learning_rate=None,
    head=RegressionSettings(name="regression", pool="flatten", sigmoid=True, dropout=0.1),
    loss=LossSettings(name="l1", unit="view"),
)


def test_a_card_says_all_that_a_program_needs(crop_settings, tmp_path):
    scheme = load("muct76")
    rules = {"landmarks": 3, "detector": 97}
    content = card("muct-small-none-all-0", "muct", MODEL, scheme, crop_settings, rules, 0.00012345)
    paths = [tmp_path / name / "card.json" for name in "ab"]
    for path in paths:
        write_card(path, content)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    written = json.loads(paths[0].read_text())
    assert written == content
    assert Scheme.from_json(json.dumps(written["scheme"])) == scheme
    assert written["trained_on"] == "muct"
    assert written["crop"] == {
        "side": 64,
        "margin": 0.25,
        "box": "landmarks",
        "padding": 0.1,
        "padding_unit": "side",
        "keep_aspect": True,
        "quality": 95,
    }
    assert list(written["box_rules"].items()) == [("detector", 97), ("landmarks", 3)]
    assert written["input"]["shape"] == ["batch", 64, 64, 3]
    assert written["output"]["shape"] == ["batch", 76, 2]
    assert written["parity_pixels"] == 0.000123
    assert ModelSettings(**written["model"]) == MODEL
