import cv2
import numpy as np
import pytest

from facepoints.inspection.fingerprint import perceptual_hash, thumb, twins


def grey(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def distance(first, second):
    return (first ^ second).bit_count()


def test_encoding_size_and_brightness_change_few_bits_and_another_face_many(drawings):
    image = grey(drawings[0].image)
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 50])[1]
    variants = [
        cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE),
        cv2.resize(image, (200, 200), interpolation=cv2.INTER_CUBIC),
        np.clip(image * 0.7 + 30, 0, 255).astype(np.uint8),
    ]
    own = perceptual_hash(image)
    assert all(distance(own, perceptual_hash(variant)) <= 6 for variant in variants)
    others = [perceptual_hash(grey(face.image)) for face in drawings[1:]]
    assert min(distance(own, other) for other in others) > 6


def test_a_hash_has_64_bits_about_half_of_them_set(drawings):
    found = perceptual_hash(grey(drawings[0].image))
    assert 0 <= found < 2**64
    assert 28 <= found.bit_count() <= 36


def pairs(images, groups, splits=None):
    hashes = np.array([perceptual_hash(image) for image in images], np.uint64)
    thumbs = np.stack([thumb(image) for image in images])
    splits = splits or [""] * len(images)
    return [(p.first, p.second) for p in twins(hashes, thumbs, groups, splits, 12, 0.93)]


def test_only_pairs_of_different_groups_count(drawings):
    image = grey(drawings[0].image)
    assert pairs([image, image], ["a", "b"]) == [(0, 1)]
    assert pairs([image, image], ["a", "a"]) == []


def test_each_face_comes_with_one_other_however_many_look_the_same(drawings):
    image = grey(drawings[0].image)
    assert len(pairs([image] * 100, [str(index) for index in range(100)])) <= 100


def test_a_twin_on_the_other_side_of_the_split_goes_first(drawings):
    image = grey(drawings[0].image)
    assert (0, 2) in pairs([image] * 3, ["a", "b", "c"], ["train", "train", "test"])
    assert (1, 2) in pairs([image] * 3, ["a", "b", "c"], ["train", "train", "test"])


def test_images_of_one_colour_are_alike_to_nothing():
    flat = np.full((40, 40), 90, np.uint8)
    assert pairs([flat, flat], ["a", "b"]) == []


@pytest.mark.parametrize("count", [1, 65, 130])
def test_any_number_of_faces_is_compared(drawings, count):
    images = [grey(drawings[index % 30].image) for index in range(count)]
    found = pairs(images, [str(index) for index in range(count)])
    assert all((second - first) % 30 == 0 for first, second in found)
    assert {index for pair in found for index in pair} == {
        index for index in range(count) if count > 30 and (index >= 30 or index + 30 < count)
    }
