def test_the_benchmark_of_training_steps_compares_models_in_one_run(measured):
    found = measured("benchmarks.training", "mobilenet_v3_small", "resnet18", "--rounds", "1")[
        "models"
    ]
    assert found["mobilenet_v3_small"]["relative_to_first"] == 1
    for each in found.values():
        assert each["faces_per_second"] > 0
