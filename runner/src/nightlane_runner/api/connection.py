"""urllib3's connections to an API server, which notice that the other end is gone and can be cut."""

import contextlib
import socket
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from nightlane_runner.api.kubeconfig import Credential
from nightlane_runner.api.route import Route

CONNECT_SECONDS = 5.0

# A load balancer or firewall may forget a connection without notifying either end; without probes a reader would then
# wait for hours.
KEEPALIVE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 20),  # seconds of silence before the first probe
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),  # seconds between probes
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),  # probes without an answer until the connection is given up
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000),  # milliseconds that sent data may stay unacknowledged
)


class ApiConnection(HTTPSConnection):
    """A connection that remembers its socket, which an answer of unknown length takes away from it."""

    plug: socket.socket | None = None
    route: Route
    """Where the server is; nothing leaves it to its name."""

    def connect(self) -> None:
        """Open the connection: to the first of the hosts that takes it."""
        self.port = self.route.port
        for host in self.route.hosts[:-1]:
            self.host = host
            try:
                super().connect()
                break
            except (OSError, HTTPError):
                # A host that accepts connections and has nothing behind it does not count. Nothing was sent yet.
                self.close()
        else:
            self.host = self.route.hosts[-1]
            super().connect()
        self.plug = self.sock

    def _new_conn(self) -> socket.socket:
        plug = super()._new_conn()
        seconds = self.timeout if isinstance(self.timeout, float) else CONNECT_SECONDS
        try:
            self.route.open_through(plug, seconds)
        except OSError as error:
            plug.close()
            raise NewConnectionError(self, str(error)) from error
        return plug

    def wait_at_most(self, seconds: float) -> None:
        """Set how long the other end may be silent from now on."""
        if self.plug is not None:
            self.plug.settimeout(seconds)

    def cut(self) -> None:
        """End all reading and writing on it, from another thread."""
        plug = self.plug
        if plug is not None:
            with contextlib.suppress(OSError):  # already closed by the other end
                socket.socket.shutdown(plug, socket.SHUT_RDWR)


def pool_of(
    credential: Credential,
    route: Route,
    context: ssl.SSLContext,
    on_connection: Callable[[ApiConnection], None],
) -> HTTPSConnectionPool:
    """Return a pool of one connection at a time, which reports every connection that it makes."""

    def make(**settings: Any) -> ApiConnection:
        connection = ApiConnection(**settings)
        connection.route = route
        on_connection(connection)
        return connection

    pool = HTTPSConnectionPool(
        credential.host,
        credential.port,
        maxsize=1,
        ssl_context=context,
        server_hostname=credential.host,
        assert_hostname=credential.host,
        socket_options=list(KEEPALIVE),
    )
    # The library allows another class here, and any function that makes one will do.
    pool.ConnectionCls = make  # type: ignore[assignment]
    return pool


def tls_context(credential: Credential, scratch: Path) -> ssl.SSLContext:
    """Return the TLS settings of a credential: its CA and nothing else is trusted.

    Args:
        credential: whose CA and client certificate to use.
        scratch: a writable folder; the standard library takes a client key from a file only, which is
            readable by its owner alone and gone when this returns.

    Raises:
        ssl.SSLError: the CA, certificate or key is not valid PEM.

    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # As in kubectl, a given certificate authority is trusted, no matter who issued it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=credential.certificate_authority)
    if credential.client_certificate:
        with tempfile.NamedTemporaryFile("w", dir=scratch, encoding="ascii") as pair:
            pair.write(f"{credential.client_certificate}\n{credential.client_key}")
            pair.flush()
            context.load_cert_chain(pair.name)
    return context
