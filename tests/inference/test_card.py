import json

import numpy as np
import onnx
import pytest

from facepoints import FacepointsError
from facepoints.inference.card import KEY, Card
from facepoints.inference.predictor import Predictor
from facepoints.models.settings import ModelSettings


def content(path):
    """The card as any program reads it."""
    (entry,) = onnx.load(path).metadata_props
    assert entry.key == KEY
    return json.loads(entry.value)


def test_the_onnx_file_says_all_that_a_program_needs(handed, trained):
    card = content(handed["fp32"])
    assert card["scheme"]["mirror"][36] == 45
    assert card["input"]["shape"] == ["batch", 64, 64, 3]
    assert set(card["outputs"]) == {"landmarks", "score"}
    assert card["outputs"]["landmarks"]["shape"] == ["batch", 68, 2]
    assert card["crop"]["box"] == "landmarks"
    assert card["crop"]["padding"] == 0.1
    assert card["corrections"]["landmarks"] == {"shift": [0.0, 0.0], "scale": [1.2, 1.2]}
    assert card["training"] == {
        "data_set": "synthetic",
        "faces": 24,
        "sha256": trained.train.digest(),
        "box_rules": {"landmarks": 24},
        "licence": "none needed",
    }
    assert card["nme"]["split"] == "validation"
    low, high = card["nme"]["interval"]
    assert low < card["nme"]["percent"] < high
    assert card["parity_pixels"] <= 0.01
    assert ModelSettings(**card["model"]) == trained.settings


def test_each_precision_names_itself_and_its_own_error(handed):
    cards = {precision: content(path) for precision, path in handed.items()}
    assert [card["precision"] for card in cards.values()] == ["fp32", "int8", "fp16"]
    assert cards["int8"]["nme"]["percent"] != cards["fp32"]["nme"]["percent"]
    assert cards["fp16"]["nme"]["percent"] == pytest.approx(cards["fp32"]["nme"]["percent"], 1e-3)


def test_a_card_survives_its_text(handed):
    card = Predictor(handed["fp32"]).card
    again = Card.from_json(card.to_json(), "card.json")
    assert again == card
    assert card.scheme.points == 68
    box = np.array([[10, 20, 50, 40]], np.float32)
    np.testing.assert_allclose(card.views(box), [[6, 6, 54, 54]])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda card: card.update(format=2), "its card is of format 2, this facepoints knows 1"),
        (lambda card: card.pop("crop"), "its model card is damaged"),
        (lambda card: card["corrections"]["landmarks"].pop("shift"), "its model card is damaged"),
        (lambda card: card["scheme"].pop("name"), "model.onnx"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(handed, change, told):
    card = content(handed["fp32"])
    change(card)
    with pytest.raises(FacepointsError, match=told):
        Card.from_json(json.dumps(card), "model.onnx")
