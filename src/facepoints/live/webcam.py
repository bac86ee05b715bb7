"""Live pictures with landmarks on a page of this machine, which no other machine can open."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Generic, TypeVar

import cv2
import numpy as np

from facepoints import FacepointsError
from facepoints.inference.predictor import Image
from facepoints.live.capture import opened, rate
from facepoints.live.drawing import Painter, write
from facepoints.live.tracking import Tracker

HOST = "127.0.0.1"
QUALITY = 85  # of the JPEG pictures
COUNTED = 30  # last pictures, whose rate is shown
BOUNDARY = "picture"
PAGE = Path(__file__).with_name("webcam.html")

Value = TypeVar("Value")


class Newest(Generic[Value]):
    """One thread puts values, others wait for one that they have not had; who is slow misses some."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: Value | None = None
        self._number = 0
        self._closed = False

    def put(self, value: Value) -> None:
        """The newest one now."""
        with self._changed:
            self._value = value
            self._number += 1
            self._changed.notify_all()

    def close(self) -> None:
        """No more will come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[Value]:
        """The newest, and then whenever there is another one, until it is closed."""
        had = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._number > had)  # noqa: B023 (it ends here)
                if self._closed:
                    return
                value, had = self._value, self._number
            assert value is not None  # `put` counts
            yield value


class Camera:
    """A thread that takes every picture as it comes, so that the newest is never an old one.

    A video file plays at its own rate, again and again.

    Args:
        source: number of a camera, path of a video file, or address of a stream.

    Raises:
        FacepointsError: it cannot be opened.
    """

    def __init__(self, source: int | str) -> None:
        self.source = source
        self.pictures: Newest[tuple[Image, float]] = Newest()  # (H, W, 3) BGR, and when it came
        self._capture = opened(source)
        is_file = isinstance(source, str) and Path(source).is_file()
        self._pause = 1 / rate(self._capture) if is_file else 0.0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._grab, daemon=True)

    def start(self) -> None:
        """Begin to take pictures."""
        self._thread.start()

    def close(self) -> None:
        """End, and free the camera."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._capture.release()

    def _grab(self) -> None:
        due = time.monotonic()
        while not self._ending.is_set():
            there, picture = self._capture.read()
            if not there and self._pause:
                self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
                there, picture = self._capture.read()
            if not there:
                break
            self.pictures.put((np.asarray(picture, np.uint8), time.monotonic()))
            due = max(due + self._pause, time.monotonic() - 1)
            self._ending.wait(max(0.0, due - time.monotonic()))
        self.pictures.close()


class Webcam:
    """Follows the faces before a camera and serves the drawn pictures; as many may look as like.

    Args:
        port: of the page; 0 takes a free one.
        boxes: draw faces' boxes too.

    Raises:
        FacepointsError: no camera, or the port is taken.
    """

    def __init__(
        self, source: int | str, tracker: Tracker, port: int = 0, boxes: bool = False
    ) -> None:
        self._tracker, self._boxes = tracker, boxes
        self._painter = Painter(tracker.predictor.scheme)
        self._camera = Camera(source)
        self._drawn: Newest[bytes] = Newest()
        try:
            self._server = _Server((HOST, port), _Page)
        except OSError as error:
            self._camera.close()
            raise FacepointsError(
                f"port {port}: {error.strerror}. Choose another one by --port, or none: a free one is taken then."
            ) from error
        self._server.pictures = self._drawn
        self._worker = threading.Thread(target=self._work, daemon=True)

    @property
    def address(self) -> str:
        """Of the page."""
        return f"http://{HOST}:{self._server.server_port}/"

    def run(self) -> None:
        """Until the camera ends or someone interrupts; `close` comes next.

        Raises:
            FacepointsError: the camera gives no more pictures.
        """
        self._camera.start()
        self._worker.start()
        while self._worker.is_alive():
            self._server.handle_request()
        raise FacepointsError(f"{self._camera.source}: gives no more pictures.")

    def close(self) -> None:
        """End, and free the camera, once the picture that is being made is done."""
        self._camera.close()
        # A thread that is in compiled code when Python ends aborts the process; without a camera it comes to its end.
        if self._worker.is_alive():
            self._worker.join()
        self._drawn.close()
        self._server.server_close()

    def _work(self) -> None:
        times: deque[float] = deque(maxlen=COUNTED)
        for picture, came in self._camera.pictures:
            image = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
            tracked = self._tracker.update(image, came)
            self._painter.faces(image, tracked.faces, boxes=self._boxes)
            times.append(time.monotonic())
            if len(times) > 1:
                fps = (len(times) - 1) / (times[-1] - times[0])
                write(image, f"{fps:.1f} frames/s", (8, image.shape[0] - 8), 0.6)
            self._drawn.put(_jpeg(image))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    timeout = 0.1  # seconds that `handle_request` waits for one
    pictures: Newest[bytes]


class _Page(BaseHTTPRequestHandler):
    """`/` is the page, `/pictures` what it shows: one JPEG after the other."""

    server: _Server

    def do_GET(self) -> None:
        port = self.server.server_port
        # A page from elsewhere could have its own name lead here and read the camera.
        if self.headers.get("Host") not in (f"{HOST}:{port}", f"localhost:{port}"):
            self.send_error(403)
        elif self.path == "/":
            content = PAGE.read_bytes()
            self._head("text/html; charset=utf-8", len(content))
            self.wfile.write(content)
        elif self.path == "/pictures":
            self._head(f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            with contextlib.suppress(ConnectionError):  # the viewer has gone
                for jpeg in self.server.pictures:
                    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not told."""

    def _head(self, kind: str, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()


def _jpeg(image: Image) -> bytes:
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    content: bytes = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    return content
