"""`make clean` in a finished clone."""


def cleaned(clone, answer: str) -> str:
    process = clone.started("make", "clean", stdin=True)
    out, err = process.communicate(answer)
    assert process.returncode == 0, err
    return out


def test_nothing_is_deleted_without_a_yes(clone):
    before = sorted(clone.folder.rglob("*"))
    for answer in ("", "n\n", "\n", "yesterday\n"):
        assert "data/cache" in cleaned(clone, answer)
    assert sorted(clone.folder.rglob("*")) == before


def test_what_finished_stages_wrote_comes_back(clone):
    beside = clone.folder / "data/notes.txt"
    beside.write_text("kept")
    (clone.folder / ".scratch").mkdir(exist_ok=True)
    cleaned(clone, "y\n")
    left = {path.name for path in clone.folder.iterdir()}
    assert not left & {"models", "results", "plots", "report", ".scratch"}
    assert [path.name for path in beside.parent.iterdir()] == ["notes.txt"]
    clone.run("dvc", "checkout")
    assert clone.run("dvc", "status").stdout == "Data and pipelines are up to date.\n"
