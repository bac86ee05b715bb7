import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def row(project, name):
    done = project.run("datasets")
    assert done.exit_code == 0, done.output
    return next(line for line in done.stdout.splitlines() if line.startswith(name + " "))


def squeezed(text):
    return " ".join(text.split())


def test_every_defined_set_has_a_line_that_fits_a_terminal(project):
    lines = project.run("datasets").stdout.splitlines()
    assert lines[0].split() == ["name", "format", "scheme", "points", "faces", "terms", "here"]
    names = [line.split()[0] for line in lines[1:]]
    assert {"synthetic", "muct", "w300", "wflw", "mine"} <= set(names)
    assert max(map(len, lines)) <= 120


def test_a_public_set_shows_points_faces_and_terms(project):
    assert squeezed(row(project, "muct")) == "muct muct muct76 76 3,755 free for academic use –"


def test_a_set_of_the_users_own_is_theirs_and_here(project):
    assert squeezed(row(project, "mine")) == "mine pts own.yaml 68 ? yours own, raw"


def test_a_scheme_that_is_not_here_yet_has_unknown_points(project):
    project.define("later", format="csv", scheme="later.yaml")
    assert squeezed(row(project, "later")) == "later csv later.yaml ? ? yours –"


def test_the_first_faces_of_a_large_set_are_told_beside_its_size(project):
    assert " 1,000/100,000 " in row(project, "face_synthetics")


def test_where_a_set_lies_is_told(project, monkeypatch):
    copies = project.root / "copies"
    (copies / "300w").mkdir(parents=True)
    monkeypatch.setenv("FACEPOINTS_DATA", str(copies))
    (project.root / "data/raw/w300").mkdir()
    cache = project.root / "data/cache/w300"
    cache.mkdir(parents=True)
    for part, rows in enumerate((1200, 34)):
        table = pa.table({"face": [str(index) for index in range(rows)]})
        pq.write_table(table, cache / f"part-{part:05d}.parquet")
    assert row(project, "w300").endswith("copy, raw, cached 1,234")


def test_details_of_a_set(project):
    done = project.run("datasets", "w300")
    assert done.exit_code == 0
    text = squeezed(done.stdout)
    assert text.startswith("300W ")
    for part in ("commercial use is not allowed", "Sagonas", "https://ibug", "Fill in the form"):
        assert part in text
    assert max(map(len, done.stdout.splitlines())) <= 120


def test_details_of_a_drawn_set_hold_its_options(project):
    text = squeezed(project.run("datasets", "synthetic").stdout)
    assert "nothing to fetch" in text
    assert "options.faces 2000" in text


def test_details_of_the_users_own_set(project):
    text = squeezed(project.run("datasets", "mine").stdout)
    assert text.startswith("mine: a set of your own")
    assert "put your files into sources/mine/" in text


def spoil_params(project):
    path = project.root / "params.yaml"
    path.write_text(path.read_text().replace("format: muct", "format: mukt"))


def spoil_cache(project):
    (project.root / "data/cache/muct").mkdir(parents=True)
    (project.root / "data/cache/muct/part-00000.parquet").write_bytes(b"no Parquet at all")


def remove_params(project):
    (project.root / "params.yaml").unlink()


@pytest.mark.parametrize(
    ("spoil", "command", "message"),
    [
        (lambda _project: None, ("nix",), "no data set 'nix' under dataset. Known: synthetic"),
        (spoil_params, (), "dataset.muct.format"),
        (spoil_cache, (), "a damaged crop store"),
        (remove_params, (), "Run from the project's root"),
    ],
)
def test_errors_are_one_line(project, spoil, command, message):
    spoil(project)
    done = project.run("datasets", *command)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
