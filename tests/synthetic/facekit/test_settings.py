from pathlib import Path

import pytest

from facepoints import FacepointsError
from facepoints.parameters import checked, read
from facepoints.synthetic.facekit import factors
from facepoints.synthetic.facekit.settings import FACTORS, FacekitSettings

SHIPPED = read(Path(__file__).parents[3] / "params.yaml")["dataset"]["facekit"]["options"]


def test_the_factors_are_those_of_the_table_and_of_params_in_their_order():
    assert tuple(factors.FACTORS) == FACTORS == tuple(SHIPPED["factors"])


def test_every_module_of_the_folder_is_a_factor():
    folder = Path(factors.__file__).parent
    assert {path.stem for path in folder.glob("[a-z]*.py")} == set(FACTORS)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"faces": 0}, "options.faces: must be greater than 0"),
        ({"fill": [0.7, 0.4]}, "0 < smallest <= largest"),
        ({"factors": {"hair": 1.0}}, "factors: .*missing or unknown: background, beard"),
        (
            {"factors": {**SHIPPED["factors"], "tail": 1.0}},
            "factors: .*missing or unknown: tail; expected each of identity",
        ),
        ({"factors": {**SHIPPED["factors"], "hair": 3.0}}, "factors.hair: .*less than or equal"),
        ({"reseed": {"tail": 1}}, "reseed: .*unknown: tail"),
        ({"reseed": {"hair": -1}}, "reseed.hair: "),
        ({"colour": 1}, "unknown key options.colour"),
    ],
)
def test_wrong_settings_name_the_key(changes, message):
    with pytest.raises(FacepointsError, match=message):
        checked({**SHIPPED, **changes}, "options", FacekitSettings)
