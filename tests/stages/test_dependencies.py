"""Each stage's deps are the code that it imports, and its params the keys that it reads: no more, no less."""

import ast
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
# A package imports only what stands before it.
ORDER = (
    "schemes",
    "synthetic",
    "datasets",
    "sources",
    "crops",
    "store",
    "splits",
    "inspection",
    "augment",
    "nme",
    "models",
    "training",
    "inference",
    "evaluation",
    "adaptation",
    "live",
    "web",
    "report",
    "cli",
)


def module_file(name: str) -> Path | None:
    """The file of a module of this project, or None."""
    base = ROOT if name.split(".")[0] == "stages" else ROOT / "src"
    path = base.joinpath(*name.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None


def imports(file: Path) -> set[str]:
    """The modules that a file imports, also inside functions, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports are not walked"
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("facepoints", "stages")}


def reached(start: str) -> set[Path]:
    """All files of this project that importing `start` runs, but for packages' empty __init__ files."""
    files, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        file = module_file(name)
        if file is None or file in files:
            continue
        files.add(file)
        parents = [".".join(name.split(".")[:n]) for n in range(1, name.count(".") + 1)]
        waiting += [*imports(file), *parents]
    return {
        file
        for file in files
        if file.name != "__init__.py" or len(ast.parse(file.read_text()).body) > 1
    }


def code_deps(stage: str) -> list[Path]:
    return [
        ROOT / dep
        for dep in PIPELINE[stage]["deps"]
        if dep.startswith(("src/", "stages/")) and "${" not in dep
    ]


CODE_STAGES = [name for name in PIPELINE if name != "download"]


@pytest.mark.parametrize("stage", CODE_STAGES)
def test_no_file_that_a_stage_imports_is_outside_its_deps(stage):
    deps = code_deps(stage)
    outside = [
        str(file.relative_to(ROOT))
        for file in reached(f"stages.{stage}")
        if not any(file == dep or dep in file.parents for dep in deps)
    ]
    assert outside == []


@pytest.mark.parametrize("stage", CODE_STAGES)
def test_no_dep_of_a_stage_is_never_imported(stage):
    files = reached(f"stages.{stage}")
    idle = [
        str(dep.relative_to(ROOT))
        for dep in code_deps(stage)
        if not any(file == dep or dep in file.parents for file in files)
    ]
    assert idle == []


def test_download_depends_on_no_code():
    assert code_deps("download") == []


def test_every_stage_has_a_script_and_every_script_a_stage():
    scripts = {path.stem for path in (ROOT / "stages").glob("*.py")} - {"__init__"}
    assert scripts == set(PIPELINE)


def test_packages_import_only_what_stands_before_them():
    wrong = []
    for file in (ROOT / "src" / "facepoints").rglob("*.py"):
        package = file.relative_to(ROOT / "src" / "facepoints").parts[0]
        for name in imports(file):
            other = name.split(".")[1] if "." in name else ""
            if package in ORDER and other in ORDER and ORDER.index(other) > ORDER.index(package):
                wrong.append(f"{package} imports {name}")
    assert wrong == []


def test_only_the_cli_knows_dvc():
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not any(name.split(".")[0] == "dvc" for name in names), file


def test_the_walk_sees_what_it_should():
    files = {str(file.relative_to(ROOT)) for file in reached("stages.train")}
    assert "src/facepoints/augment/photometry.py" in files  # three imports deep
    assert "src/facepoints/evaluation/metrics.py" not in files
