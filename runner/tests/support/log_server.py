"""Plays the kubelet's log endpoint: the API server asks it for a container's log and passes it on."""

import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from nightlane_runner.api.errors import ApiRefused
from nightlane_runner.json_tree import Json, JsonObject
from tests.support.administrator import Administrator
from tests.support.certificates import node_certificate


class LogServer:
    """Serves one growing log over TLS, as a node that pods can be bound to.

    Args:
        folder: for its certificate.
        administrator: the kubeconfig of the API server that is to trust it.

    Attributes:
        since: the `sinceTime` of each request, "" where it had none.

    """

    def __init__(self, folder: Path, administrator: Path) -> None:
        self._lines: list[tuple[str, str]] = []
        self._cut = threading.Event()
        self._over = False
        self._stalled = False
        self.since: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._serve(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        certificate, key = node_certificate(folder, administrator)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def become_node(self, admin: Administrator, name: str) -> None:
        """Register as a node."""
        node: JsonObject = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}
        admin.api.create("/api/v1/nodes", node)
        addresses: list[Json] = [{"type": "InternalIP", "address": "127.0.0.1"}]
        port = self._http.server_address[1]

        def edit(tree: JsonObject) -> None:
            tree["status"] = {"addresses": addresses, "daemonEndpoints": {"kubeletEndpoint": {"Port": port}}}

        admin.change(f"/api/v1/nodes/{name}", edit, "/status")

    def bind(self, admin: Administrator, pod: str, node: str) -> None:
        """Bind a pod to the node, as the scheduler would."""
        binding: JsonObject = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": pod},
            "target": {"apiVersion": "v1", "kind": "Node", "name": node},
        }
        try:
            admin.api.create(admin.core(f"pods/{pod}/binding"), binding)
        except ApiRefused as error:
            raise AssertionError(str(error)) from error

    def write(self, stamp: str, text: str) -> None:
        """Let the container write a line at that time."""
        self._lines.append((stamp, text))

    def cut(self) -> None:
        """End every stream that follows the log, as an idle limit on the way would."""
        self._cut.set()
        self._cut = threading.Event()

    def stall(self) -> None:
        """Carry nothing more of whole logs, as a slow link; their last lines are served."""
        self._stalled = True

    def rotate(self) -> None:
        """Begin a new file, as a node does with a long log: what was written before is not served any more."""
        self._lines.clear()

    def finish(self) -> None:
        """Let the container end."""
        self._over = True

    def close(self) -> None:
        """Stop serving."""
        self._http.shutdown()
        self._http.server_close()

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        query = parse_qs(urlsplit(request.path).query)
        since = query.get("sinceTime", [""])[0]
        self.since.append(since)
        request.send_response(200)
        request.send_header("Content-Type", "text/plain")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        tail = int(query.get("tailLines", ["0"])[0])
        sent, cut = (max(0, len(self._lines) - tail) if tail else 0), self._cut
        while True:
            over = self._over
            if self._stalled and not tail:
                time.sleep(0.05)
                if cut.is_set():
                    return
                continue
            for stamp, text in self._lines[sent:]:
                sent += 1
                if not stamp or stamp >= since.removesuffix("Z"):
                    line = f"{stamp} {text}\n".lstrip().encode()
                    request.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            request.wfile.flush()
            if over or cut.is_set() or "follow" not in query:
                break
            time.sleep(0.05)
        request.wfile.write(b"0\r\n\r\n")
