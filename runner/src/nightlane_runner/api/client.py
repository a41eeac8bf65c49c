"""A small Kubernetes API client: requests with strict time limits, and streams that can be ended from outside.

HTTP and TLS are urllib3's: it is well maintained, reads every framing of an answer, and costs 2 MB of memory, where the
official client costs 130. What remains here is what no library decides: how long to wait, what an answer means (see
errors.py), and that the mounted credential is read again.
"""

import contextlib
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from urllib3 import Timeout
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError, SSLError
from urllib3.response import BaseHTTPResponse
from urllib3.util.ssl_match_hostname import CertificateError

from nightlane_runner.api.answer import parsed, read_content, shortened
from nightlane_runner.api.connection import CONNECT_SECONDS, ApiConnection
from nightlane_runner.api.errors import ApiRefused, ApiUnknown, CertificateRefused, CredentialRefused, words_of
from nightlane_runner.api.kubeconfig import UnusableKubeconfig
from nightlane_runner.api.login import Login, log_in
from nightlane_runner.api.server_clock import ServerClock, uptime
from nightlane_runner.api.stream import ApiStream
from nightlane_runner.json_tree import JsonObject, text_at

READ_SECONDS = 10.0
"""How long one request may be silent. Short, so that an order to cancel is not kept waiting."""

REQUEST_SECONDS = 15.0
"""How long one request may take in all, its answer included, however slowly that arrives."""

IDLE_SECONDS = 45.0
"""After this long without a request a new connection is made: servers and proxies on the way close idle ones."""

_UNAUTHORIZED = 401
_TOO_MANY_REQUESTS = 429
_REQUEST_TIMEOUT = 408


class Api:
    """Requests to the customer's API server with the mounted kubeconfig.

    Requests come from one thread; streams may be read in others. After a 401, and after any failure to connect, the
    kubeconfig is read again if it has changed: a rotated token, certificate or authority arrives in place. A federated
    token, in a file of its own, is read before each request.

    Attributes:
        requests: how many requests were sent, streams included.
        received: bytes of the answers that were read whole.

    """

    def __init__(self, kubeconfig: Path, scratch: Path, addresses: Path | None = None) -> None:
        self._read_login = partial(log_in, kubeconfig, scratch, addresses)
        self._lock = threading.Lock()
        self._pool: HTTPSConnectionPool | None = None
        self._pool_login: Login | None = None
        self._connection: ApiConnection | None = None
        self._used = False
        self._last_used = 0.0
        self._clock = ServerClock()
        self._deadline = float("inf")
        self.requests = 0
        self.received = 0
        self._reached = ""
        self._login = self._read_login()

    @property
    def server(self) -> str:
        """The API server's address, for messages."""
        return self._login.credential.server

    def server_now(self) -> datetime | None:
        """Return the API server's time, None before it has given an object."""
        return self._clock.now()

    def seconds_since(self, moment: datetime) -> float:
        """Return the age of something remote, by the API server's clock."""
        return self._clock.seconds_since(moment)

    def surely_since(self, moment: datetime) -> float:
        """Return the same by the most cautious clock that the runner knows."""
        return self._clock.surely_since(moment)

    def reconnect(self) -> None:
        """Send the next request over a new connection, to another address if possible: another server may answer."""
        with self._lock:
            self._drop_connection()
            self._reached = next((host for host in self._login.route.hosts if host != self._reached), self._reached)

    @contextlib.contextmanager
    def within(self, deadline: float) -> Iterator[None]:
        """Wait for no answer beyond the deadline, by the monotonic clock: a container being ended has no time left."""
        before, self._deadline = self._deadline, deadline
        try:
            yield
        finally:
            self._deadline = before

    def get(self, path: str, query: Mapping[str, str] | None = None) -> JsonObject:
        """Read an object or list. Raises ApiUnknown or ApiRefused, as all requests do."""
        return self._request("GET", path, query, None)

    def create(self, path: str, body: JsonObject) -> JsonObject:
        """Create an object in the collection `path`."""
        return self._request("POST", path, None, body)

    def replace(self, path: str, body: JsonObject) -> JsonObject:
        """Replace an object, if its resourceVersion is still the one in `body`."""
        return self._request("PUT", path, None, body)

    def delete(self, path: str, options: JsonObject) -> JsonObject:
        """Delete an object with the given DeleteOptions."""
        return self._request("DELETE", path, None, options)

    def stream(self, path: str, query: Mapping[str, str], silence_seconds: float) -> ApiStream:
        """Open a long answer that is read line by line.

        Args:
            path: what to read.
            query: its parameters.
            silence_seconds: how long the stream may be silent before reading it raises ApiUnknown.

        """
        login = self._current_login()
        made: list[ApiConnection] = []
        pool = login.pool(made.append, self._reached)
        try:
            response = self._send(pool, login, "GET", path, query, None)
            if response.status != HTTPStatus.OK:
                with self._limited(made[-1], REQUEST_SECONDS):
                    self._raise_failure(response.status, login.credential.left_out_of(read_content(response)), login)
            return ApiStream(made[-1], response, silence_seconds, login.credential.left_out_of)
        except (OSError, HTTPError) as error:
            self._close(made)
            raise self._unknown(error, login) from error
        except (ApiUnknown, ApiRefused):
            self._close(made)
            raise

    @staticmethod
    def _close(connections: list[ApiConnection]) -> None:
        for connection in connections:
            connection.close()

    def _request(self, method: str, path: str, query: Mapping[str, str] | None, body: JsonObject | None) -> JsonObject:
        with self._lock:
            try:
                return self._exchange(method, path, query, body, time.monotonic() + min(REQUEST_SECONDS, self._left()))
            except (OSError, HTTPError) as error:
                self._drop_connection()
                raise self._unknown(error, self._pool_login or self._login) from error
            except ApiUnknown:
                self._drop_connection()
                raise

    def _exchange(
        self, method: str, path: str, query: Mapping[str, str] | None, body: JsonObject | None, end: float
    ) -> JsonObject:
        """Ask, over a second connection if need be, and return the answer; all until `end`."""
        login = self._current_login()
        if self._pool_login is not login or time.monotonic() - self._last_used > IDLE_SECONDS:
            self._drop_connection()
        self._pool_login = login
        pool = self._pool = self._pool or login.pool(self._note_connection, self._reached)
        reused = self._used
        self._used = True
        try:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"no whole answer within {REQUEST_SECONDS:.0f} s")
            with self._limited(None, left):
                response = self._send(pool, login, method, path, query, body)
                heard = uptime()
                answer = login.credential.left_out_of(read_content(response))
        except ProtocolError:
            # The server may close an idle connection at any time: that is not an outage, as a new one shows. Only a
            # request that changes nothing is repeated automatically.
            if not reused or method != "GET":
                raise
            self._drop_connection()
            return self._exchange(method, path, query, body, end)
        self._last_used = time.monotonic()
        self._reached = self._connection.host if self._connection is not None else ""
        self.received += len(answer)
        if response.status >= HTTPStatus.BAD_REQUEST:
            self._raise_failure(response.status, answer, login)
        tree = parsed(answer)
        # Whatever answers in the API server's place has a clock of its own.
        if text_at(tree, "apiVersion") and text_at(tree, "kind"):
            self._clock.note(response.headers.get("Date", ""), heard)
        return tree

    def _send(
        self,
        pool: HTTPSConnectionPool,
        login: Login,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: JsonObject | None,
    ) -> BaseHTTPResponse:
        headers = {**login.host_header, "Accept": "application/json", "User-Agent": "nightlane-runner"}
        if login.credential.token:
            headers["Authorization"] = f"Bearer {login.credential.token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.requests += 1
        left = self._left()
        return pool.urlopen(
            method,
            login.credential.path + (f"{path}?{urlencode(query)}" if query else path),
            body=None if body is None else json.dumps(body).encode(),
            headers=headers,
            retries=False,
            redirect=False,
            timeout=Timeout(connect=min(CONNECT_SECONDS, left / len(login.route.hosts)), read=min(READ_SECONDS, left)),
            preload_content=False,
            decode_content=False,
        )

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for it is over")
        return left

    @contextlib.contextmanager
    def _limited(self, connection: ApiConnection | None, seconds: float) -> Iterator[None]:
        """Cut the connection once the time for a whole request is over, whatever its state."""

        def cut() -> None:
            late = connection or self._connection
            if late is not None:
                late.cut()

        limit = threading.Timer(seconds, cut)
        limit.daemon = True
        limit.start()
        try:
            yield
        finally:
            limit.cancel()

    def _note_connection(self, connection: ApiConnection) -> None:
        self._connection = connection

    def _raise_failure(self, status: int, answer: bytes, sent: Login) -> None:
        if status == _UNAUTHORIZED:
            self._log_in_again()
            raise CredentialRefused(
                "401 Unauthorized: the credential is not accepted; the mounted kubeconfig was read again"
            )
        if status in (_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ApiUnknown(f"{status}: {shortened(answer)}")
        tree = parsed(answer)
        if text_at(tree, "kind") != "Status":
            raise ApiUnknown(f"{status} from something that is not a Kubernetes API server: {shortened(answer)}")
        # Once more, since it may have been written with escapes.
        reason, message = (sent.credential.left_out_of_text(text_at(tree, key)) for key in ("reason", "message"))
        raise ApiRefused(status, reason, message)

    def _current_login(self) -> Login:
        """Return the login with the current token: one in a file is renewed there well before it ends."""
        login = self._login
        credential = login.credential.with_current_token()
        if credential is not login.credential:
            self._login = login = replace(login, credential=credential)
        return login

    def _log_in_again(self) -> None:
        try:
            self._login = self._read_login()
        except (OSError, UnusableKubeconfig, ssl.SSLError) as error:
            raise CredentialRefused(f"401 Unauthorized, and the kubeconfig cannot be read again: {error}") from error

    def _unknown(self, error: Exception, sent: Login) -> ApiUnknown:
        """Return the error for a failure to connect or to get an answer; a renewed kubeconfig counts from now on."""
        self._log_in_if_renewed()
        cause = error.reason if isinstance(error, MaxRetryError) and error.reason is not None else error
        # An invalid answer is quoted, too: a meaningless first line, a malformed header.
        text = sent.credential.left_out_of_text(words_of(cause)) or type(cause).__name__
        # By an alert, a server says why it does not accept a client's certificate.
        about_certificate = isinstance(cause, SSLError | ssl.SSLError) and (
            "CERTIFICATE" in text.upper() or any(isinstance(each, CertificateError) for each in cause.args)
        )
        return CertificateRefused(text) if about_certificate else ApiUnknown(text)

    def _log_in_if_renewed(self) -> None:
        try:
            fresh = self._read_login()
        except (OSError, UnusableKubeconfig, ssl.SSLError):
            return  # the last good one stays in use; a 401 would reveal that it is not accepted
        if (fresh.credential, fresh.route) != (self._login.credential, self._login.route):
            self._login = fresh

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._pool is not None:
            self._pool.close()
        self._pool, self._connection, self._used = None, None, False
