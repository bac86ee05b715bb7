"""docs/remotes.md: its commands, and what it promises, against an S3 server and a folder."""

import json
import re
import shlex
import shutil
import time
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from tests.stages.conftest import ROOT, Clone
from tests.stages.remotes import (
    KEY,
    SECRET,
    FolderRemote,
    Remote,
    S3Remote,
    Server,
    path_of,
    whole,
)

PAGE = (ROOT / "docs" / "remotes.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
CELL = "synthetic-mobilenet_v3_small-{}-all-1"
BACK = next(line for line in README.splitlines() if line.startswith("    git restore "))
ONE_ATTEMPT = {"AWS_MAX_ATTEMPTS": "1"}  # otherwise the client waits and asks again
START = "models/start/mobilenet_v3_small.safetensors"
CROPS = "data/cache/synthetic"


def blocks(title: str) -> list[list[str]]:
    """The blocks of commands in a section of the page."""
    (section,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    found = re.findall(r"(?:^    \S.*\n)+", section, re.MULTILINE)
    return [[line.strip() for line in block.splitlines()] for block in found]


S3, OTHER_SERVER = blocks("Set up")
FOLDER, SSH, GS = blocks("Other kinds")
WITHOUT_ORIGINALS, FROM_WITHOUT_ORIGINALS = blocks("What must stay private")
PUSH, PULL, LOST, ONE_STAGE, COLLECT = blocks("Push and pull")
SHARED, OWN_CELLS, COLLECT_CELLS = blocks("Two machines")
TIDY, TIDY_REMOTE = blocks("Room")


def tell(clone: Clone, lines: list[str], **values: str) -> str:
    """Run commands of the page, with names put in place of those in capitals; what they print."""
    printed = []
    for line in lines:
        for name, value in values.items():
            line = line.replace(name, value)
        printed.append(clone.run(*shlex.split(line)).stdout)
    return "\n".join(printed)


def log_in(clone: Clone, remote: Remote) -> None:
    """What a new clone has to be told."""
    if isinstance(remote, S3Remote):
        keys = [line for line in S3 if "--local" in line]
        tell(clone, keys, KEY=KEY, SECRET=SECRET)


def set_up(clone: Clone, remote: Remote) -> None:
    """The clone has this remote, as the page says, and no other."""
    if isinstance(remote, S3Remote):
        values = {"s3://BUCKET/PATH": remote.url, "KEY": KEY, "SECRET": SECRET}
        own = {"https://s3.example.org": remote.server.url}
        *config, commit = S3
        tell(clone, [*config, *OTHER_SERVER, commit], **values, **own)
    else:
        tell(clone, [*FOLDER, S3[-1]], **{"/FOLDER": remote.url})


def new_clone(clone: Clone, remote: Remote, folder: Path) -> Clone:
    """Another machine: the commits, no cache."""
    clone.run("git", "clone", "-q", ".", str(folder))
    other = Clone(folder)
    other.start()
    log_in(other, remote)
    return other


def lock(clone: Clone) -> dict:
    return yaml.safe_load((clone.folder / "dvc.lock").read_text())


def outputs(clone: Clone) -> dict[str, str]:
    """The MD5 of each output that is in the cache."""
    stages = lock(clone)["stages"].values()
    return {
        out["path"]: out["md5"]
        for stage in stages
        for out in stage["outs"]
        if not out["path"].startswith("metrics/")
    }


def files_of(remote: Remote, folder: str) -> list[str]:
    """The MD5s of what a folder in the remote consists of, itself included."""
    return [folder, *(each["md5"] for each in json.loads(remote.read(path_of(folder))))]


def cached(clone: Clone) -> set[str]:
    return whole(FolderRemote(clone.folder / ".dvc" / "cache"))


def lose(clone: Clone, cache: bool) -> None:
    """The workspace's data, and perhaps the cache."""
    for name in ("data", "models", "results", "plots", "report"):
        shutil.rmtree(clone.folder / name, ignore_errors=True)
    if cache:
        shutil.rmtree(clone.folder / ".dvc" / "cache")


def ran(told: str) -> list[str]:
    return re.findall(r"^Running stage '(.*?)'", told, re.MULTILINE)


@pytest.fixture(scope="module")
def server():
    running = Server()
    yield running
    running.kill()


def copied(finished: Clone, folder: Path) -> Clone:
    shutil.copytree(finished.folder, folder, symlinks=True)
    return Clone(folder)


def remote_of(kind: str, server: Server, folder: Path) -> Remote:
    """An empty one."""
    return S3Remote(server, folder.name) if kind == "s3" else FolderRemote(folder / "remote")


@pytest.fixture(scope="module", params=["s3", pytest.param("folder", marks=pytest.mark.slow)])
def pushed(request, server, finished, tmp_path_factory) -> tuple[Clone, Remote]:
    """A clone with a remote that has all of it. Leave both as they are: copy the clone."""
    folder = tmp_path_factory.mktemp(request.param)
    remote = remote_of(request.param, server, folder)
    clone = copied(finished, folder / "clone")
    set_up(clone, remote)
    tell(clone, PUSH)
    assert whole(remote) == cached(clone)
    return clone, remote


def test_a_new_clone_pulls_and_runs_nothing(pushed, tmp_path):
    clone, remote = pushed
    remote.write("files/md5/aa/bb", b"of another experiment")
    other = new_clone(clone, remote, tmp_path / "other")
    told = tell(other, PULL)
    assert ran(told) == []
    assert "Data and pipelines are up to date." in told
    assert "Data and pipelines are up to date." in other.run("dvc", "status").stdout
    assert other.run("git", "status", "--short").stdout == ""

    start = path_of(outputs(clone)[START])
    kept = other.folder / ".dvc/cache" / path_of(outputs(clone)["data/splits/synthetic.csv"])
    before = kept.stat().st_mtime_ns
    lose(other, cache=False)
    (other.folder / ".dvc/cache" / start).unlink()
    told = tell(other, LOST)
    assert ran(told) == []
    assert (other.folder / START).is_file()
    assert kept.stat().st_mtime_ns == before  # was not fetched again

    lose(other, cache=True)
    assert ran(tell(other, LOST)) == []
    assert "up to date" in other.run("dvc", "status").stdout
    assert cached(other) <= cached(clone)  # nothing of the other experiment
    remote.remove("files/md5/aa/bb")


def test_a_stage_fetches_only_what_it_reads(pushed, tmp_path):
    clone, remote = pushed
    other = new_clone(clone, remote, tmp_path / "other")
    params = other.params()
    params["split"]["seed"] += 1
    other.write_params(params)
    assert ran(tell(other, ONE_STAGE)) == ["check", "split@synthetic"]
    fetched = cached(other) & whole(remote)
    assert fetched - {outputs(clone)["data/checked.txt"]} == set(
        files_of(remote, outputs(clone)[CROPS])
    )


@pytest.mark.slow
def test_results_that_the_lock_does_not_name_come_from_the_run_cache(pushed, tmp_path):
    clone, remote = pushed
    other = new_clone(clone, remote, tmp_path / "other")
    (other.folder / "dvc.lock").unlink()
    told = tell(other, COLLECT)
    assert set(ran(told)) <= {"render"}
    assert told.count("is cached - skipping run") >= 11
    assert lock(other) == lock(clone)


@pytest.mark.slow
def test_a_broken_object_is_named_and_can_be_mended(pushed, tmp_path):
    clone, remote = pushed
    start, folder = outputs(clone)[START], outputs(clone)[CROPS]
    shard = files_of(remote, folder)[1]
    good = remote.read(path_of(shard))
    remote.write(path_of(start), b"broken")
    remote.write(path_of(shard), good[:1000] + b"?" + good[1001:])
    other = new_clone(clone, remote, tmp_path / "other")
    trusting = [line for line in (*S3, *FOLDER) if line.endswith(" verify true")]
    other.run(*trusting[0].replace("true", "false").split())
    other.run("dvc", "pull", START)
    assert (other.folder / START).read_bytes() == b"broken"  # so the page's setting is needed
    other.run("git", "checkout", "-q", ".")
    lose(other, cache=True)

    done = other.run("dvc", "pull", "-v", check=False)
    assert done.returncode == 1
    told = done.stdout + done.stderr
    _, named = told.split("Checkout failed for following targets:\n", 1)
    assert set(named.split("\nIs your cache")[0].split()) == {START, CROPS}
    for md5 in (start, shard):
        assert re.search(rf"corrupted cache file '.*{re.escape(path_of(md5))}'", told)
    assert not cached(other) & {start, shard}
    assert not (other.folder / START).exists()

    for md5 in (start, shard, folder):
        remote.remove(path_of(md5))
    clone.run("dvc", "push")
    assert whole(remote) == cached(clone)
    assert ran(tell(other, PULL)) == []


@pytest.mark.slow
def test_a_remote_without_the_originals(finished, tmp_path):
    remote = FolderRemote(tmp_path / "remote")
    clone = copied(finished, tmp_path / "clone")
    set_up(clone, remote)
    tell(clone, WITHOUT_ORIGINALS)
    assert not whole(remote) & {outputs(clone)["data/raw/synthetic"]}
    other = new_clone(clone, remote, tmp_path / "other")
    assert ran(tell(other, FROM_WITHOUT_ORIGINALS)) == []
    params = other.params()
    params["report"]["faces"] = True
    other.write_params(params)
    assert ran(tell(other, FROM_WITHOUT_ORIGINALS[1:])) == ["check", "render"]
    assert not (other.folder / "data/raw").exists()


def half_way(remote: Remote, push) -> None:
    """Ends while the push goes on, when the remote has some of the objects."""
    while sum(name.startswith("files/") for name in remote.names()) < 5:
        assert push.poll() is None, push.communicate()
        time.sleep(0.01)


@pytest.mark.parametrize("kind", ["s3", "folder"])
def test_a_push_that_was_killed_is_completed_by_the_next(kind, server, finished, tmp_path):
    remote = remote_of(kind, server, tmp_path)
    clone = copied(finished, tmp_path / "clone")
    set_up(clone, remote)
    (clone.folder / "notes").mkdir()
    for number in range(300):  # so that there is time for a blow
        (clone.folder / f"notes/{number}").write_text(f"note {number}")
    clone.run("dvc", "add", "notes")
    push = clone.started(*shlex.split(PUSH[0]), "--jobs", "1")
    half_way(remote, push)
    push.kill()
    push.communicate()
    assert whole(remote) < cached(clone)
    tell(clone, PUSH)
    assert whole(remote) == cached(clone)


@pytest.mark.slow
def test_a_server_that_dies_in_a_push(finished, tmp_path):
    server = Server()
    remote = remote_of("s3", server, tmp_path)
    clone = copied(finished, tmp_path / "clone")
    set_up(clone, remote)
    push = clone.started(*shlex.split(PUSH[0]), "--jobs", "1", **ONE_ATTEMPT)
    half_way(remote, push)
    server.kill()
    err = push.communicate()[1]
    assert push.returncode == 255
    assert "Could not connect to the endpoint URL" in err

    lose(clone, cache=False)
    assert ran(clone.run("dvc", "repro").stdout) == ["render"]  # it has outputs in git
    assert clone.run("git", "status", "--short").stdout == ""
    down = clone.run("dvc", "push", check=False, **ONE_ATTEMPT)
    assert down.returncode == 255
    assert "Could not connect to the endpoint URL" in down.stderr
    assert server.url in down.stderr

    server.start()
    assert remote.names() == []
    tell(clone, PUSH)
    assert whole(remote) == cached(clone)
    server.kill()


@pytest.mark.slow
def test_tidying_keeps_experiments(finished, tmp_path):
    remote = FolderRemote(tmp_path / "remote")
    clone = copied(finished, tmp_path / "clone")
    set_up(clone, remote)
    clone.run("dvc", "exp", "run", "-S", "augmentations=[none]", "-n", "kept")
    tell(clone, PUSH)
    report = outputs(clone)["report"]
    clone.run("sh", "-c", BACK)
    wanted = {report, *outputs(clone).values()}
    assert report not in outputs(clone).values()
    (clone.folder / "notes.txt").write_text("no longer wanted")
    clone.run("dvc", "add", "notes.txt")
    unwanted = yaml.safe_load((clone.folder / "notes.txt.dvc").read_text())["outs"][0]["md5"]
    tell(clone, PUSH)
    clone.run("git", "reset", "-q", "--hard")
    for (look, delete), place in (
        (TIDY, clone.folder / ".dvc/cache"),
        (TIDY_REMOTE, remote.folder),
    ):
        before = whole(FolderRemote(place))
        assert wanted | {unwanted} <= before
        tell(clone, [look])
        assert whole(FolderRemote(place)) == before
        tell(clone, [f"{delete} --force"])  # it asks without that
        assert wanted <= whole(FolderRemote(place)) <= before - {unwanted}
    assert clone.stale() == set()
    clone.run("dvc", "exp", "apply", "kept")
    assert outputs(clone)["report"] == report
    assert (clone.folder / "report/index.html").is_file()


@pytest.mark.slow
def test_two_machines_end_with_the_same_lock(server, finished, tmp_path):
    remote = remote_of("s3", server, tmp_path)
    first = copied(finished, tmp_path / "first")
    set_up(first, remote)
    params = first.params()
    params["seeds"] = [1]
    first.write_params(params)
    tell(first, SHARED)
    second = new_clone(first, remote, tmp_path / "second")
    told = {
        (machine, augmentation): tell(machine, OWN_CELLS, CELL=CELL.format(augmentation))
        for machine, augmentation in ((first, "none"), (second, "geometric"))
    }
    of_cells = [ran(each) for each in told.values()]
    assert [[stage.split("@")[0] for stage in each] for each in of_cells] == [
        ["train", "export", "evaluate"]
    ] * 2
    assert not set(of_cells[0]) & set(of_cells[1])
    for machine in (first, second):
        assert ran(tell(machine, COLLECT_CELLS)) == ["render"]
    assert lock(first) == lock(second)
    assert first.stale() == second.stale() == set()


def test_the_other_kinds_are_set_up_as_the_page_says(bare):
    extras = set(metadata.metadata("dvc").get_all("Provides-Extra"))
    assert set(re.findall(r"pip install 'dvc\[(\w+)\]'", PAGE)) == {"ssh", "gs"} <= extras
    for lines in (SSH, GS):
        tell(bare, lines)  # what DVC does not know it refuses
        assert "storage" in bare.run("dvc", "remote", "list").stdout
        (bare.folder / ".dvc/config.local").unlink()
        bare.run("git", "checkout", "-q", ".dvc/config")


def test_the_readme_shows_the_same_set_up():
    for line in S3[:-1]:
        assert re.search(rf"^    {re.escape(line)}(  +#.*)?$", README, re.MULTILINE)
