"""`facepoints status` on a finished tiny pipeline."""


def told(clone) -> str:
    return clone.run("facepoints", "status").stdout


def test_a_finished_pipeline_is_up_to_date(clone):
    found = told(clone)
    assert found.startswith("All of the 12 stages are up to date.\n")
    assert "No remote" in found
    assert "Private" not in found
    assert max(map(len, found.splitlines())) <= 120


def test_each_kind_of_change_is_told_with_what_may_follow(clone):
    params = clone.params()
    params["train"]["epochs"] = 2
    params["augmentations"].append("all")
    clone.write_params(params)
    clone.edit("src/facepoints/inference/card.py")
    sheet = "data/sheets/synthetic.jpg"
    (clone.folder / sheet).unlink()
    found = told(clone)
    assert max(map(len, found.splitlines())) <= 120
    stale, following = found.split(" more may follow, where what they read comes out otherwise:\n")
    assert stale.startswith("12 of 15 stages are stale; `dvc repro` runs them:\n")
    blocks: dict[str, list[str]] = {}
    for line in stale.splitlines()[1:-1]:
        if line.startswith("      "):
            blocks[list(blocks)[-1]].append(line.strip())
        else:
            blocks[line.strip()] = []
    new = "synthetic-mobilenet_v3_small-all-all-0"
    assert blocks["check"] == ["parameters: anything in params.yaml"]
    assert blocks["cache synthetic"] == [f"outputs: {sheet} deleted"]
    assert ["parameters: train.epochs 1 → 2"] in blocks.values()
    assert ["code: src/facepoints/inference"] in blocks.values()
    assert blocks[f"train {new}"] == blocks[f"export {new}"] == ["never run"]
    assert blocks["render"][0].startswith("parameters: augmentations ")
    assert "split@synthetic" in following


def test_files_of_ones_own_that_changed_are_told(clone):
    own = clone.folder / "sources/mine"
    own.mkdir()
    (own / "points.csv").write_text("image\n")
    clone.run("dvc", "add", "sources/mine")
    (own / "photo.txt").write_text("new")
    assert "\n  sources/mine.dvc\n      outputs: sources/mine modified\n" in told(clone)


def test_remotes_and_sets_that_may_not_be_passed_on_are_named(clone):
    for name, address in (("other", "s3://bucket/path"), ("storage", "/srv/storage")):
        clone.run("dvc", "remote", "add", name, address)
    clone.run("dvc", "remote", "default", "storage")
    for name in ("muct", "own"):
        (clone.folder / "data/raw" / name).mkdir()
    assert told(clone).endswith(
        "\nRemote storage: /srv/storage\nRemote other: s3://bucket/path\n"
        "Private remotes only: the faces of muct, own may not be passed on.\n"
    )


def test_without_a_pipeline_one_message_tells_so(tmp_path, bare):
    (tmp_path / "dvc.yaml").write_text("stages: 3")
    done = bare.run("facepoints", "status", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: dvc status failed: ")
    assert "Traceback" not in done.stderr
