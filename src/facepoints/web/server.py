"""A web server for the page, on this machine alone."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"
# A browser lets WebAssembly use threads only on pages that are kept apart from all others.
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class Handler(SimpleHTTPRequestHandler):
    """Hands out the files of a folder."""

    extensions_map = {  # noqa: RUF012 – as in the base class
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".onnx": "application/octet-stream",
    }

    def end_headers(self) -> None:
        """With the headers that let WebAssembly use threads; a page that was built anew is seen at once."""
        for name, value in {**ISOLATION, "Cache-Control": "no-cache"}.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal shows the address."""


def listen(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of a folder; port 0 takes any that is free."""
    return ThreadingHTTPServer((HOST, port), partial(Handler, directory=str(folder)))
