"""The route to the customer's API server: a lane resolves no names, so the deployment writes the route into a file."""

import ipaddress
import re
import socket
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from nightlane_runner.api.kubeconfig import Credential, UnusableKubeconfig, url_host
from nightlane_runner.document.input_check import Problem

_PROXY = re.compile(r"http://(\[[0-9A-Fa-f:.]+\]|[0-9.]+):([1-9][0-9]{0,4})")

_MOST_ANSWER_BYTES = 8192
"""Of a proxy's answer to CONNECT, which has no content."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where connections to the API server are made.

    Attributes:
        hosts: tried in this order; the server's own, or the proxy's one address.
        port: of each of them.
        server: host and port that the proxy is asked to connect to; none without a proxy.

    """

    hosts: tuple[str, ...]
    port: int
    server: tuple[str, int] | None = None

    @property
    def proxy_url(self) -> str:
        """The proxy's URL for other programs, "" without one."""
        return "" if self.server is None else f"http://{url_host(self.hosts[0])}:{self.port}"

    def open_through(self, plug: socket.socket, seconds: float) -> None:
        """Have the proxy connect a new connection to the server; nothing is done if there is no proxy.

        Raises:
            OSError: it does not, or does not answer in time.

        """
        if self.server is None:
            return
        host, port = self.server
        authority = f"{url_host(host)}:{port}"
        end = time.monotonic() + seconds
        plug.settimeout(seconds)
        plug.sendall(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode("ascii"))
        answer = b""
        # The server sends nothing before it gets a request, so only this answer can arrive.
        while b"\r\n\r\n" not in answer:
            left = end - time.monotonic()
            if left <= 0 or len(answer) > _MOST_ANSWER_BYTES:
                raise OSError(f"{self.proxy_url} gives no readable answer")
            plug.settimeout(left)
            piece = plug.recv(_MOST_ANSWER_BYTES)
            if not piece:
                raise OSError(f"{self.proxy_url} closed the connection before it answered")
            answer += piece
        status = re.match(rb"HTTP/1\.[01] ([0-9]{3})", answer)
        if status is None or status[1] != str(int(HTTPStatus.OK)).encode() or not answer.endswith(b"\r\n\r\n"):
            said = answer.split(b"\r\n", 1)[0].decode("ascii", "replace")
            raise OSError(f"{self.proxy_url} does not connect to {authority}: {said!r}")
        plug.settimeout(seconds)


def read_route(file: Path | None, credential: Credential) -> Route:
    """Read the addresses of the server in the order in which they are tried, or the URL of the proxy in front of it.

    Returns:
        The server's own name if there is no such file, as outside a lane: then it is resolved.

    Raises:
        UnusableKubeconfig: a line is neither.
        OSError: the file cannot be read.

    """
    direct = Route((credential.host,), credential.port)
    if file is None:
        return direct
    try:
        lines = file.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return direct
    except UnicodeDecodeError:
        lines = ["(no text)"]
    proxy = _PROXY.fullmatch(lines[0]) if len(lines) == 1 else None
    hosts = lines if proxy is None else [proxy[1].strip("[]")]
    wrong = [host for host in hosts if not _is_address(host)]
    if wrong or not lines:
        shown = ", ".join(map(repr, wrong)) or "nothing"
        rule = "must be addresses, one a line, or the URL of one proxy by its address"
        raise UnusableKubeconfig([Problem("server/addresses", shown, rule, "deploy the lane again")])
    if proxy is None:
        return Route(tuple(hosts), credential.port)
    return Route(tuple(hosts), int(proxy[2]), (credential.host, credential.port))


def _is_address(line: str) -> bool:
    try:
        ipaddress.ip_address(line)
    except ValueError:
        return False
    return True
