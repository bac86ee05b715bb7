import threading

import pytest
import torch

from facepoints import FacepointsError
from facepoints.store.batches import AHEAD, MEMORY, batches, load, memory
from facepoints.store.faces import Encoded, Faces, decode, encoded

CPU = torch.device("cpu")
INDICES = torch.split(torch.tensor([5, 1, 9, 0, 7, 2, 20, 11, 3, 4, 8, 6]), 4)


def test_encoded_and_decoded_faces_give_the_same_batches(store):
    whole, files = decode(store, 48), encoded(store, 48)
    for one, other in zip(batches(whole, INDICES, CPU), batches(files, INDICES, CPU), strict=True):
        assert torch.equal(one.crops, other.crops)
        assert torch.equal(one.points, other.points)
        assert torch.equal(one.labelled, other.labelled)
        assert one.margin == other.margin
    assert files.decoded_bytes == whole.crops.numel()


def test_faces_stay_encoded_above_the_budget(store, monkeypatch):
    size = encoded(store, 48).decoded_bytes
    monkeypatch.setenv(MEMORY, str((size + 1) / 1e9))
    assert isinstance(load(store, 48, CPU), Faces)
    monkeypatch.setenv(MEMORY, str((size - 1) / 1e9))
    assert isinstance(load(store, 48, CPU), Encoded)


@pytest.mark.parametrize("given", ["-1", "much", "nan", "inf", ""])
def test_a_budget_that_is_none_is_refused(given, monkeypatch):
    monkeypatch.setenv(MEMORY, given)
    with pytest.raises(FacepointsError, match=f"{MEMORY}={given}: expected the gigabytes"):
        memory()


def test_batches_are_made_ahead_but_not_all_at_once(store):
    files = encoded(store, 48)
    asked = []

    class Counting(Encoded):
        def take(self, index):
            asked.append((len(asked), threading.current_thread() is threading.main_thread()))
            return super().take(index)

    counted = Counting(files.crops, files.side, files.points, files.labelled, files.margin)
    indices = torch.split(torch.arange(24), 2)
    made = batches(counted, indices, CPU)
    next(made)
    made.close()  # waits for those that were begun
    assert 1 < len(asked) <= 1 + AHEAD < len(indices)
    assert not any(main for _, main in asked)


def test_what_goes_wrong_ahead_is_told(store):
    files = encoded(store, 48)
    broken = Encoded([b"nothing"] * 24, files.side, files.points, files.labelled, files.margin)
    with pytest.raises(FacepointsError, match="crop of the store is damaged"):
        list(batches(broken, INDICES, CPU))
