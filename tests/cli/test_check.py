import csv

import pytest


def test_a_clean_set_passes_and_the_page_is_written(project):
    done = project.run("check", "mine")
    assert done.exit_code == 0, done.output
    assert "mine: 12 faces in 12 groups, scheme own, 68 points" in done.stdout
    assert "not looked for: scheme own has no key mirror" in done.stdout
    page = project.root / ".scratch/check/mine.html"
    assert str(page) in done.stdout
    assert page.read_text().startswith("<!doctype html>")


def test_the_page_goes_where_it_is_asked_to(project):
    assert project.run("check", "mine", "--out", "here.html").exit_code == 0
    assert (project.root / "here.html").is_file()
    assert not (project.root / ".scratch").exists()


def test_findings_alone_are_no_failure(project):
    path = project.root / "data/raw/mine/photos/0003.pts"
    lines = path.read_text().splitlines()
    lines[3] = "-2.0 40.0"
    path.write_text("\n".join(lines))
    done = project.run("check", "mine")
    assert done.exit_code == 0
    assert "photos/0003.jpg: 1 point, up to 3.0 pixels" in done.stdout


def test_what_the_pipeline_would_refuse_is_a_failure_after_the_whole_report(project):
    (project.root / "data/raw/mine/photos/0003.pts").write_text("{ 1 2 }")
    (project.root / "data/raw/mine/photos/0004.pts").write_text("{ 1 2 }")
    done = project.run("check", "mine")
    assert done.exit_code == 1
    assert "0003.pts" in done.stdout and "0004.pts" in done.stdout
    assert (
        done.stderr.strip()
        .splitlines()[-1]
        .startswith("error: the cache stage would stop at mine: 2 with label errors")
    )


def test_the_split_table_says_which_side_a_duplicate_stands_on(project):
    photos = project.root / "data/raw/mine/photos"
    for suffix in (".jpg", ".pts"):
        (photos / f"copy{suffix}").write_bytes((photos / f"0002{suffix}").read_bytes())
    table = project.root / "data/splits/mine.csv"
    table.parent.mkdir(parents=True)
    with table.open("w", newline="") as file:
        rows = [("photos/0002.jpg", "a", "train", 0), ("photos/copy.jpg", "b", "test", 0)]
        csv.writer(file).writerows([("face", "group", "split", "order"), *rows])
    done = project.run("check", "mine")
    assert "photos/0002.jpg = photos/copy.jpg: train | test; 0 of 64 bits differ" in done.stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nix", "params.yaml: key dataset.nix.format is missing"),
        ("muct", "dvc repro download@muct"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(project, name, message):
    done = project.run("check", name)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_place_that_cannot_be_written_is_told(project):
    done = project.run("check", "mine", "--out", "params.yaml/page.html")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("error: params.yaml")
