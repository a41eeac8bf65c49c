"""A compromised API server of a customer: it gives any configured answer to every request."""

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.certificates import issued

Attack = Callable[[BaseHTTPRequestHandler], None]
"""Answers one request."""


class HostileServer:
    """Serves one attack on loopback, over TLS.

    Attributes:
        requests: how many requests have come.

    """

    def __init__(self, folder: Path, attack: Attack) -> None:
        self.requests = 0
        self._folder = folder
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                server.requests += 1
                length = int(self.headers.get("content-length", "0"))
                self.rfile.read(length)
                try:
                    attack(self)
                except OSError:
                    # The runner has gone away from it, as it should.
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names that the library calls

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        folder.mkdir(parents=True, exist_ok=True)
        self._certificate, key = issued(folder, "hostile", None, "subjectAltName=IP:127.0.0.1")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate, key)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._http.server_address[1])

    def write_kubeconfig(self, file: Path) -> None:
        """Write a kubeconfig that leads to it."""
        authority = base64.b64encode(self._certificate.read_bytes()).decode()
        server = {"server": f"https://127.0.0.1:{self.port}", "certificate-authority-data": authority}
        tree = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "customer",
            "contexts": [{"name": "customer", "context": {"cluster": "customer", "user": "nightlane"}}],
            "clusters": [{"name": "customer", "cluster": server}],
            "users": [{"name": "nightlane", "user": {"token": TOKEN}}],
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(tree), encoding="utf-8")

    def close(self) -> None:
        """End it."""
        self._http.shutdown()
        self._http.server_close()


TOKEN = "a-token-that-must-stay-where-it-is"
"""The credential that the runner has, to be looked for wherever it must not be."""


@contextmanager
def hostile_server(folder: Path, attack: Attack) -> Iterator[HostileServer]:
    """Serve an attack for as long as the block lasts."""
    server = HostileServer(folder, attack)
    try:
        yield server
    finally:
        server.close()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Send an answer with its length."""
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def send_json(handler: BaseHTTPRequestHandler, tree: object, status: int = 200) -> None:
    """Send a document."""
    send(handler, json.dumps(tree).encode(), status)
