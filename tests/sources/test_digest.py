import shutil
import subprocess
from pathlib import Path

from facepoints.sources.digest import digest, files


def test_names_and_contents_count(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1").write_text("x")
    (tmp_path / "b.txt").write_text("y")
    before = digest(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in files(tmp_path)] == ["b.txt", "b/1"]
    assert digest(tmp_path) == before
    (tmp_path / "b" / "1").write_text("z")
    changed = digest(tmp_path)
    (tmp_path / "b" / "1").write_text("x")
    assert digest(tmp_path) == before
    (tmp_path / "b" / "1").rename(tmp_path / "b" / "2")
    assert len({before, changed, digest(tmp_path)}) == 3


def test_is_what_sha256sum_says(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1 2").write_text("x")
    (tmp_path / "B").write_text("y")
    script = "find * -type f | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum | sha256sum"
    bash = shutil.which("bash")
    assert bash is not None
    told = subprocess.run([bash, "-c", script], cwd=tmp_path, capture_output=True, check=True)
    assert digest(tmp_path) == told.stdout.decode().split()[0]
