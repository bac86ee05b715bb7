import pytest


@pytest.mark.slow
def test_the_benchmark_of_remotes_moves_the_same_files_both_ways(measured):
    found = measured("benchmarks.remote", "--rounds", "1", "--share", "0.005")
    assert found["mb"] == 1
    assert [len(found["seconds_up_and_down"][name]) for name in ("dvc", "client")] == [1, 1]
    assert all(found["mb_per_second"].values())
    assert found["ratio"] > 0
