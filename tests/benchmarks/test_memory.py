import pytest


@pytest.mark.slow
def test_the_cache_stage_holds_less_than_a_gigabyte(measured):
    found = measured("benchmarks.memory", "csv", "--faces", "300", "--processes", "2")
    assert found["faces"] == 300
    # Both kinds of process were seen, and no more is counted together than the limit.
    assert found["main_mb"] > 0
    assert found["worker_mb"] > 0
    assert found["all_mb"] < 1000
