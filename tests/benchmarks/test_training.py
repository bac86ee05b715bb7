import pytest

ALONE = ("--threads", "1")  # more of them wait for one another where tests run beside each other
SMALL = ("--input", "64", "--batch", "4", "--steps", "2", "--rounds", "1", *ALONE)


def test_the_benchmark_of_training_compares_the_loop_with_bare_steps(measured):
    models = ("mobilenet_v3_small", "resnet18")
    found = measured("benchmarks.training", *models, "--augmentation", "all", *SMALL)["models"]
    assert list(found) == list(models)
    assert found["mobilenet_v3_small"]["relative_to_first"] == 1
    for each in found.values():
        assert each["input"] == 64
        assert each["faces_per_second"] > 0
        assert each["ratio"] > 0


def test_the_benchmark_of_a_dataloader_feeds_the_same_net_by_both(measured):
    small = (*SMALL, "--workers", "1", "--jitter")
    found = measured("benchmarks.dataloader", "mobilenet_v3_small", *small)
    assert set(found["faces_per_second"]) == {"loop", "dataloader", "dataloader_alone"}
    assert all(found["faces_per_second"].values())
    assert found["factor"] > 0


@pytest.mark.slow
def test_the_benchmark_of_scaling_trains_by_one_and_by_two_processes(measured):
    small = ("--faces", "32", "--epochs", "1", "--seeds", "1")
    found = measured("benchmarks.scaling", "processes", *small)
    errors = {name: nme for name, (nme,) in found["validation_nme"].items()}
    # One step, from the same start on the same faces.
    for other in ("two", "threads"):
        above = errors[other] - errors["one"]
        assert abs(above) < 0.05
        assert found["mean_above_one"][other] == pytest.approx(above, abs=1e-3)
    assert found["efficiency"] == pytest.approx(
        found["seconds"]["one"] / found["seconds"]["two"] / 2, abs=1e-3
    )


@pytest.mark.slow
def test_the_benchmark_of_scaling_tells_time_and_memory_of_so_many_faces(measured):
    (found,) = measured("benchmarks.scaling", "faces", "64", *ALONE)
    assert found["faces"] == 64
    assert found["seconds"] > 0
    assert found["peak_mb"] > 0
