"""One TLS connection to an API server that notices when the other end is gone."""

import http.client
import socket
import ssl
import tempfile
import time
from pathlib import Path

from nightlane_runner.api.kubeconfig import Credential

CONNECT_SECONDS = 5.0

_KEEPALIVE = (
    (socket.TCP_KEEPIDLE, 20),  # seconds of silence before the first probe
    (socket.TCP_KEEPINTVL, 10),  # seconds between probes
    (socket.TCP_KEEPCNT, 3),  # probes without an answer until the connection is given up
    (socket.TCP_USER_TIMEOUT, 30_000),  # milliseconds that sent data may stay unacknowledged
)


class ApiConnection(http.client.HTTPSConnection):
    """An HTTPS connection with TCP keepalive.

    A load balancer or firewall may forget a connection without telling either end; without probes a reader
    would then wait for hours.
    """

    def __init__(self, credential: Credential, context: ssl.SSLContext, read_seconds: float) -> None:
        super().__init__(credential.host, credential.port, timeout=read_seconds, context=context)
        self._tls = context
        self._server_name = credential.server_name
        self._read_seconds = read_seconds
        self.deadline = float("inf")
        """By the monotonic clock: nothing is waited for beyond it."""

    def connect(self) -> None:
        """Open the connection; raises OSError (which includes TLS errors)."""
        plain = socket.create_connection((self.host, self.port), self._left(CONNECT_SECONDS))
        try:
            plain.settimeout(self._left(CONNECT_SECONDS))
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, value in _KEEPALIVE:
                plain.setsockopt(socket.IPPROTO_TCP, option, value)
            self.sock = self._tls.wrap_socket(plain, server_hostname=self._server_name)
            self.sock.settimeout(self._left(self._read_seconds))
        except OSError:
            plain.close()
            raise

    def request_by(self, deadline: float) -> None:
        """Wait for what comes next until the deadline at most; raises TimeoutError once it has passed."""
        self.deadline = deadline
        left = self._left(self._read_seconds)
        if self.sock is not None:
            self.sock.settimeout(left)

    def _left(self, seconds: float) -> float:
        left = min(seconds, self.deadline - time.monotonic())
        if left <= 0:
            raise TimeoutError("the time for it is over")
        return left


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
    # As kubectl does: a certificate authority that is given is trusted, whoever has issued it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=credential.certificate_authority)
    if credential.client_certificate:
        with tempfile.NamedTemporaryFile("w", dir=scratch, encoding="ascii") as pair:
            pair.write(f"{credential.client_certificate}\n{credential.client_key}")
            pair.flush()
            context.load_cert_chain(pair.name)
    return context
