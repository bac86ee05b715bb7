import subprocess
import sys


def test_help_names_every_command(project):
    done = project.run("--help")
    assert done.exit_code == 0
    for command in ("datasets", "check", "summary", "scheme", "compare"):
        assert command in done.stdout


def test_a_command_without_its_input_ends_with_one_message(project):
    done = project.run("summary")
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_help_waits_for_no_training_package():
    code = "import sys, facepoints.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"torch", "pandas", "pyarrow", "matplotlib", "pydantic", "cv2"}
