"""A fake of an API server's exec: it uses Kubernetes' protocol over a WebSocket, and runs commands here."""

import base64
import contextlib
import json
import os
import select
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    RejectData,
    Request,
)
from wsproto.utilities import ProtocolError

from nightlane_runner.json_tree import JsonObject
from tests.support.certificates import issued

TOKEN = "the-token-of-the-test"


class ExecServer:
    """Serves exec on loopback.

    Attributes:
        port: on loopback.
        refusal: status and body that every request is answered with; None lets it run.
        subprotocol: which one it supports.
        requests: path and query of each request.
        cut_after: bytes of standard output after which the connection is cut; None cuts nothing.
        instead: what is done on the accepted stream instead of running the command.
        answer: what is done instead of accepting the request.
        pings: how many have come.

    """

    def __init__(self, folder: Path) -> None:
        authority = issued(folder, "authority", None, "basicConstraints=critical,CA:TRUE")
        certificate, key = issued(folder, "exec", authority, "subjectAltName=IP:127.0.0.1")
        self._authority = authority[0]
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.refusal: tuple[int, bytes] | None = None
        self.subprotocol = "v5.channel.k8s.io"
        self.requests: list[str] = []
        self.cut_after: int | None = None
        self.instead: Callable[[Session], None] | None = None
        self.answer: Callable[[ssl.SSLSocket], None] | None = None
        self.pings = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def write_kubeconfig(self, file: Path) -> None:
        """Write how it is reached."""
        cluster = {"server": f"https://127.0.0.1:{self.port}", "certificate-authority-data": _base64(self._authority)}
        tree = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "it", "cluster": cluster}],
            "users": [{"name": "us", "user": {"token": TOKEN}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "us"}}],
            "current-context": "it",
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(tree))

    def close(self) -> None:
        """Stop serving."""
        with contextlib.suppress(OSError):  # closed before
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                plug, _ = self._listener.accept()
            except OSError:
                return
            # As in Go: what was sent leaves before a reset does.
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(plug,), daemon=True).start()

    def _serve(self, plug: socket.socket) -> None:
        with self._tls.wrap_socket(plug, server_side=True) as connection:
            session = Session(connection, self)
            event = session.first()
            if not isinstance(event, Request):
                return
            self.requests.append(event.target)
            if self.answer is not None:
                with contextlib.suppress(OSError):  # the other side has gone
                    self.answer(connection)
                return
            if self.refusal is not None:
                status, body = self.refusal
                session.send(RejectConnection(status_code=status, headers=[], has_body=True))
                session.send(RejectData(data=body))
                return
            session.send(AcceptConnection(subprotocol=self.subprotocol if self.subprotocol else None))
            if self.instead is not None:
                connection.setblocking(True)
                with contextlib.suppress(OSError):  # the other side has gone
                    self.instead(session)
                return
            command = parse_qs(urlsplit(event.target).query)["command"]
            session.run(command)


class Session:
    """One stream.

    Attributes:
        connection: that carries it.

    """

    def __init__(self, connection: ssl.SSLSocket, server: ExecServer) -> None:
        self.connection = connection
        self._server = server
        self._protocol = WSConnection(ConnectionType.SERVER)
        self._lock = threading.Lock()
        self._left = server.cut_after
        self._message = bytearray()

    def first(self) -> Event | None:
        """Return the first event."""
        while True:
            self._protocol.receive_data(self.connection.recv(65536) or None)
            for event in self._protocol.events():
                return event

    def send(self, event: Event) -> None:
        """Send one event."""
        with self._lock:
            self.connection.setblocking(True)
            self.connection.sendall(self._protocol.send(event))
            self.connection.setblocking(False)

    def end(self, status: bytes) -> None:
        """Send the last word, and close."""
        self.send(BytesMessage(b"\x03" + status))
        self.send(CloseConnection(code=1000))

    def count_pings(self) -> None:
        """Read until the other side has gone, and answer nothing."""
        self.connection.setblocking(True)
        while data := self.connection.recv(65536):
            self._protocol.receive_data(data)
            self._server.pings += sum(isinstance(event, Ping) for event in self._protocol.events())

    def run(self, command: list[str]) -> None:
        """Run a command until it ends or the connection does."""
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        readers = [
            threading.Thread(target=self._carry_out, args=(channel, stream), daemon=True)
            for channel, stream in ((1, process.stdout), (2, process.stderr))
        ]
        threading.Thread(target=self._carry_in, args=(process,), daemon=True).start()
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        code = process.wait()
        cause: JsonObject = {"reason": "ExitCode", "message": str(code)}
        failure: JsonObject = {"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": [cause]}}
        with contextlib.suppress(OSError, ProtocolError):  # the other side has gone
            self.end(json.dumps({"status": "Success"} if code == 0 else failure).encode())

    def _carry_out(self, channel: int, stream: IO[bytes] | None) -> None:
        while stream is not None and (data := os.read(stream.fileno(), 32768)):
            if channel == 1 and self._left is not None:
                self._left -= len(data)
                if self._left < 0:
                    socket.socket.shutdown(self.connection, socket.SHUT_RDWR)
                    return
            try:
                self.send(BytesMessage(bytes((channel,)) + data))
            except (OSError, ProtocolError):
                return  # the other side has gone

    def _carry_in(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        while True:
            try:
                with self._lock:
                    data = self.connection.recv(65536)
                    self._protocol.receive_data(data or None)
                    events = list(self._protocol.events())
            except ssl.SSLWantReadError:
                select.select([self.connection], [], [], 0.02)
                continue
            except OSError:
                process.kill()
                return
            for event in events:
                if isinstance(event, BytesMessage):
                    self._message += event.data
                    if event.message_finished:
                        self._take(process.stdin, bytes(self._message))
                        self._message.clear()
                elif isinstance(event, Ping):
                    self._server.pings += 1
                    self.send(event.response())
                elif isinstance(event, CloseConnection):
                    process.kill()
                    return

    def _take(self, stdin: IO[bytes], data: bytes) -> None:
        if data[:1] == b"\xff":
            stdin.close()
        elif not stdin.closed:
            stdin.write(data[1:])
            stdin.flush()


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
