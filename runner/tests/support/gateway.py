"""A TLS gateway in front of the API server, which does to single requests what servers, proxies and policies do."""

import http.client
import json
import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from nightlane_runner.api.client import Api
from nightlane_runner.api.connection import tls_context
from nightlane_runner.api.kubeconfig import read_kubeconfig
from tests.support.certificates import node_certificate

Action = Callable[["Passage"], None]


@dataclass
class Passage:
    """One request on its way.

    Attributes:
        handler: the connection that it came by.
        method: its verb.
        path: its path and query.
        body: what it carries.
        forward: hands it on.
        forward_closing: hands it on, and closes the connection after the answer.

    """

    handler: BaseHTTPRequestHandler
    method: str
    path: str
    body: bytes
    forward: Callable[[], None]
    forward_closing: Callable[[], None]

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        """Answer it here."""
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.send_header("Content-Type", "application/json")
        self.handler.send_header("Content-Length", str(len(body)))
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def refuse(self, status: int, reason: str, message: str, **headers: str) -> None:
        """Answer it as an API server refuses."""
        tree = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message}
        self.answer(status, json.dumps({**tree, "code": status}).encode(), **headers)


@dataclass
class _Rule:
    method: str
    path: re.Pattern[str]
    action: Action
    left: int
    met: int = field(default=0)


class Gateway:
    """Forwards requests to the API server of a kubeconfig, but for those that a rule is for.

    Args:
        folder: for its certificate.
        administrator: the kubeconfig.
        certificate: its certificate and key. Default: what the API server's authority has issued for loopback.
        clients: who issues the certificates that clients must have. Default: they need none.

    Attributes:
        port: on loopback.
        requests: every request, as method and path.
        ahead: how many seconds the clock is ahead of the server that a connection, by its number, leads to.

    """

    def __init__(
        self,
        folder: Path,
        administrator: Path,
        certificate: tuple[Path, Path] | None = None,
        clients: Path | None = None,
    ) -> None:
        self._credential = read_kubeconfig(administrator)
        self._tls = tls_context(self._credential, folder)
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self.requests: list[tuple[str, str]] = []
        self.ahead: Callable[[int], float] = lambda _: 0.0
        self._connections: list[tuple[str, int]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                gateway._pass(self)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - named by the library

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        chain, key = certificate or node_certificate(folder, administrator)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        if clients is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(clients)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def on(self, method: str, path: str, action: Action, times: int = 1_000_000) -> Callable[[], int]:
        """Do this to the next requests of a kind; return a way to ask how many it was done to.

        Args:
            method: the verb.
            path: a regular expression that is found in path and query.
            action: what is done.
            times: how often.

        """
        rule = _Rule(method, re.compile(path), action, times)
        with self._lock:
            self._rules.append(rule)
        return lambda: rule.met

    def forget_rules(self) -> None:
        """Forward everything from now on."""
        with self._lock:
            self._rules.clear()

    def close(self) -> None:
        """End it."""
        self._http.shutdown()
        self._http.server_close()

    def _pass(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        passage = Passage(handler, handler.command, handler.path, body, lambda: None, lambda: None)
        passage.forward = lambda: self._forward(passage)
        passage.forward_closing = lambda: self._copy(passage, closing=True)
        with self._lock:
            self.requests.append((passage.method, passage.path))
            rule = next((rule for rule in self._rules if self._is_for(rule, passage)), None)
            if rule is not None:
                rule.left, rule.met = rule.left - 1, rule.met + 1
        try:
            (passage.forward if rule is None else lambda: rule.action(passage))()
        except OSError:
            handler.close_connection = True

    @staticmethod
    def _is_for(rule: _Rule, passage: Passage) -> bool:
        return rule.left > 0 and rule.method == passage.method and rule.path.search(passage.path) is not None

    def _forward(self, passage: Passage) -> None:
        self._copy(passage, closing=False)

    def _date(self, handler: BaseHTTPRequestHandler, value: str) -> str:
        with self._lock:
            if handler.client_address not in self._connections:
                self._connections.append(handler.client_address)
            ahead = self.ahead(self._connections.index(handler.client_address))
        return format_datetime(parsedate_to_datetime(value) + timedelta(seconds=ahead), usegmt=True)

    def _copy(self, passage: Passage, *, closing: bool) -> None:
        far = http.client.HTTPSConnection(self._credential.host, self._credential.port, context=self._tls)
        headers = {name: value for name, value in passage.handler.headers.items() if name.lower() != "host"}
        far.request(passage.method, passage.path, passage.body or None, headers)
        answer = far.getresponse()
        handler = passage.handler
        handler.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                handler.send_header(name, self._date(handler, value) if name.lower() == "date" else value)
        handler.send_header("Transfer-Encoding", "chunked")
        if closing:
            handler.send_header("Connection", "close")
        handler.end_headers()
        while piece := answer.read1(65536):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")
        far.close()


def forbidden(passage: Passage) -> None:
    """Refuse as an API server does that has not loaded a role yet."""
    passage.refuse(
        403, "Forbidden", f'it is forbidden: User "nightlane" cannot {passage.method.lower()} it: RBAC: not found'
    )


def api_through(gateway: Gateway, mounts: Path, admin: Any) -> Api:
    """Return a client whose credential leads through the gateway."""
    admin.write_kubeconfig(mounts / "credentials" / "kubeconfig", gateway.port)
    return Api(mounts / "credentials" / "kubeconfig", mounts)
