import pytest

from facepoints import FacepointsError
from facepoints.augment.settings import AugmentationSettings
from facepoints.parameters import checked

# What each named set does: the comments in params.yaml.
SETS = {
    "none": set(),
    "geometric": {"flip", "rotation", "scale", "translation"},
    "occlusion_translation": {"translation", "occlusion"},
    "all": {"rotation", "blur", "translation", "occlusion"},
    "photometric": {"scale", "translation", "colour", "grayscale", "blur"},
    "strong": set(AugmentationSettings.model_fields),
}


def held(settings: AugmentationSettings) -> set[str]:
    return set(settings.model_dump(exclude_none=True))


def test_each_named_set_holds_just_the_transforms_that_it_says(named_sets):
    assert {name: held(settings) for name, settings in named_sets.items()} == SETS


def test_parts_of_all_are_the_same_alone(named_sets):
    both, everything = named_sets["occlusion_translation"], named_sets["all"]
    assert both.translation == everything.translation
    assert both.occlusion == everything.occlusion


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"flips": {}}, r"unknown key a.flips \(allowed there: flip, rotation, scale, translation"),
        ({"flip": {"probability": 1.1}}, "a.flip.probability: must be less than or equal to 1"),
        ({"shear": {"probability": 0.5}}, "key a.shear.degrees is missing. Add it."),
        (
            {"shear": {"probability": 0.5, "degrees": 60.0}},
            r"a.shear.degrees: must be less than or equal to 40; found 60\.0\.",
        ),
        (
            {"perspective": {"probability": 0.5, "strength": 0.5}},
            r"a.perspective.strength: must be less than or equal to 0\.3; found 0\.5\.",
        ),
        (
            {
                "colour": {
                    "probability": 0.5,
                    "brightness": 0.1,
                    "contrast": 0.1,
                    "saturation": 0.1,
                    "hue": 0.6,
                }
            },
            r"a.colour.hue: must be less than or equal to 0\.5; found 0\.6\.",
        ),
        (
            {"gamma": {"probability": 0.5, "factor": 0.5}},
            r"a.gamma.factor: must be greater than or equal to 1; found 0\.5\.",
        ),
        (
            {"motion_blur": {"probability": 0.5, "length": [0.2, 0.1]}},
            r"a.motion_blur.length: expected two shares, 0 ≤ from ≤ to ≤ 1; found \[0\.2, 0\.1\]\.",
        ),
        (
            {"noise": {"probability": 0.5, "deviation": [0.1]}},
            r"a.noise.deviation: must hold 2 or more; found \[0\.1\]\.",
        ),
        (
            {"quantisation": {"probability": 0.5, "quality": [0, 101]}},
            r"a.quantisation.quality: expected two whole numbers, 1 ≤ from ≤ to ≤ 100; found \[0, 101\]\.",
        ),
        (
            {"quantisation": {"probability": 0.5, "quality": [0.5, 90]}},
            r"a.quantisation.quality.0: must be a valid integer",
        ),
        (
            {"patch": {"probability": 0.5, "area": [0.1, 1.5]}},
            "a.patch.area: expected two shares, 0 ≤ from ≤ to ≤ 1",
        ),
    ],
)
def test_a_wrong_entry_is_told(entry, message):
    with pytest.raises(FacepointsError, match=message):
        checked(entry, "a", AugmentationSettings)
