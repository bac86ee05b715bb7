import pytest


@pytest.mark.parametrize("format", ["muct", pytest.param("coco", marks=pytest.mark.slow)])
def test_the_benchmark_of_the_cache_stage_runs_without_data(measured, format):
    found = measured("benchmarks.cache", format, "--faces", "64", "--rounds", "1")
    assert found["faces"] == 64
    assert found["ratio"] > 0
