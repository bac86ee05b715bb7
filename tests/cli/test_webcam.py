"""The real command, its page read over HTTP, ended by a real Ctrl-C."""

import functools
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from tests.layouts import drawn
from tests.live import clips

COMMAND = str(Path(sys.executable).parent / "facepoints")
WAIT = 60  # seconds


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    face = drawn.faces(8, 192)[7]
    return clips.write(tmp_path_factory.mktemp("clip") / "in.avi", [face.image] * 10)


@contextmanager
def started(*command: object):
    """The command under way and the address that it prints."""
    process = subprocess.Popen(
        [COMMAND, "webcam", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, process.stdout.readline().split()[0]
    finally:
        process.kill()
        process.communicate()


def ended(*command: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [COMMAND, "webcam", *map(str, command)], capture_output=True, text=True, timeout=WAIT
    )


class Viewer:
    """Reads the page's pictures one by one."""

    def __init__(self, address: str) -> None:
        self.answer = urllib.request.urlopen(f"{address}pictures", timeout=WAIT)
        assert self.answer.headers.get_content_type() == "multipart/x-mixed-replace"

    def picture(self) -> np.ndarray:
        """The next one (H, W, 3) RGB."""
        assert self.answer.readline() == b"--picture\r\n"
        assert self.answer.readline() == b"Content-Type: image/jpeg\r\n"
        length = int(self.answer.readline().split()[1])
        assert self.answer.readline() == b"\r\n"
        data = self.answer.read(length)
        assert self.answer.readline() == b"\r\n"
        return cv2.cvtColor(
            cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB
        )


@pytest.mark.usefixtures("heard_ctrl_c")
def test_the_page_shows_points_and_speed_to_several_and_ctrl_c_ends_it(drawn_model, clip):
    plain = clips.read(clip)[0].astype(int)
    with started(drawn_model, clip) as (process, address):
        assert urlsplit(address).hostname == "127.0.0.1"
        page = urllib.request.urlopen(address, timeout=WAIT).read().decode()
        assert 'src="/pictures"' in page
        quick, slow = Viewer(address), Viewer(address)
        first = slow.picture()
        assert first.shape == plain.shape
        for _ in range(25):  # more than the clip has: it plays again
            picture = quick.picture()
        change = np.abs(picture - plain).max(axis=2)
        assert change[60:150, 40:150].max() > 80  # points
        assert change[-24:, :120].max() > 120  # frames per second
        assert change[:8].max() < 60
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=WAIT)
        assert process.returncode == 0, err
        assert out.splitlines()[-1] == "Ended."
        assert err == ""
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=5)


@pytest.fixture(scope="module")
def huge(tmp_path_factory):
    """Python ends while a thread is deep in a picture of this size, unless it waits."""
    picture = np.full((2160, 3840, 3), 90, np.uint8)
    return clips.write(tmp_path_factory.mktemp("huge") / "huge.avi", [picture] * 3)


@pytest.mark.usefixtures("heard_ctrl_c")
@pytest.mark.parametrize("pauses", [(), (0.05, 0.05)])
def test_ctrl_c_waits_for_the_picture_that_is_being_made(drawn_model, huge, pauses):
    for _ in range(3):
        with started(drawn_model, huge) as (process, address):
            Viewer(address).picture()
            process.send_signal(signal.SIGINT)
            for pause in pauses:  # some press it again and again
                time.sleep(pause)
                process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=WAIT)
        assert (process.returncode, err) == (0, "")
        assert out.splitlines()[-1] == "Ended."


@pytest.mark.usefixtures("heard_ctrl_c")
def test_ctrl_c_before_anybody_looks(drawn_model, huge):
    for _ in range(3):
        with started(drawn_model, huge) as (process, _):
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=WAIT)
        assert (process.returncode, err, out.splitlines()) == (0, "", ["Ended."])


def test_only_this_machine_s_own_name_opens_the_page(drawn_model, clip):
    with started(drawn_model, clip) as (_, address):
        port = urlsplit(address).port
        for host, path, status in (
            (f"localhost:{port}", "/", 200),
            (f"elsewhere.example:{port}", "/pictures", 403),
            (f"127.0.0.1:{port}", "/none", 404),
        ):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
            connection.request("GET", path, headers={"Host": host})
            assert connection.getresponse().status == status
            connection.close()
        own = socket.gethostbyname(socket.gethostname())
        if not own.startswith("127."):
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((own, port), timeout=5)


def test_no_camera_no_video_and_a_taken_port_are_told_in_one_line(drawn_model, clip, tmp_path):
    (tmp_path / "text.avi").write_text("no video")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command, message in (
            ((drawn_model, 97), "camera 97: there is none, or another program uses it."),
            ((drawn_model, tmp_path / "text.avi"), "text.avi: no video that can be read."),
            ((drawn_model, clip, "--port", port), f"port {port}: Address already in use."),
        ):
            done = ended(*command)
            assert done.returncode == 1
            assert done.stderr.startswith("error: ") and message in done.stderr
            assert len(done.stderr.splitlines()) == 1
            assert done.stdout == ""


def test_a_source_that_ends_ends_the_command(drawn_model, clip):
    # A stream over HTTP cannot be played again, unlike a file.
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=clip.parent))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        start = time.monotonic()
        done = ended(drawn_model, f"http://127.0.0.1:{server.server_port}/{clip.name}")
        assert done.returncode == 1
        assert "gives no more pictures" in done.stderr
        assert time.monotonic() - start < WAIT
    finally:
        server.shutdown()
        server.server_close()
