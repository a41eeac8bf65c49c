"""Whose requests these are and where they go, according to the mounted files at one moment."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.client import HTTPS_PORT
from pathlib import Path

from urllib3.connectionpool import HTTPSConnectionPool

from nightlane_runner.api.connection import ApiConnection, pool_of, tls_context
from nightlane_runner.api.kubeconfig import Credential, read_kubeconfig, url_host
from nightlane_runner.api.route import Route, read_route


@dataclass(frozen=True, slots=True)
class Login:
    """One reading of the kubeconfig and of the route to the server."""

    credential: Credential
    route: Route
    tls: ssl.SSLContext

    def pool(self, on_connection: Callable[[ApiConnection], None], reached: str) -> HTTPSConnectionPool:
        """Return connections to the server, starting with the address where it was last reached."""
        hosts = tuple(sorted(self.route.hosts, key=lambda host: host != reached))
        return pool_of(self.credential, replace(self.route, hosts=hosts), self.tls, on_connection)

    @property
    def host_header(self) -> dict[str, str]:
        """The server's name, by which a gateway in front of several servers distinguishes them."""
        host, port = url_host(self.credential.host), self.credential.port
        return {"Host": host if port == HTTPS_PORT else f"{host}:{port}"}


def log_in(kubeconfig: Path, scratch: Path, addresses: Path | None) -> Login:
    """Read the kubeconfig and, if there are any, the addresses; raises UnusableKubeconfig, OSError or SSLError."""
    credential = read_kubeconfig(kubeconfig)
    return Login(credential, read_route(addresses, credential), tls_context(credential, scratch))
