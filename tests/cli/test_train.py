"""What `facepoints train` does without training; tests/stages/test_train_jobs.py has the rest."""

import pytest

from facepoints.cli.train import slot


@pytest.mark.parametrize(
    ("job", "gpus", "allowed", "expected"),
    [
        (0, 0, None, {}),
        (0, 2, None, {"CUDA_VISIBLE_DEVICES": "0"}),
        (3, 2, None, {"CUDA_VISIBLE_DEVICES": "1"}),
        (1, 2, "4,7", {"CUDA_VISIBLE_DEVICES": "7"}),
        (2, 2, "4,7", {"CUDA_VISIBLE_DEVICES": "4"}),
        (1, 2, "GPU-a,GPU-b", {"CUDA_VISIBLE_DEVICES": "GPU-b"}),
    ],
)
def test_each_job_has_one_of_the_gpus_that_may_be_used(job, gpus, allowed, expected, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if allowed:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", allowed)
    assert slot(job, gpus) == expected
