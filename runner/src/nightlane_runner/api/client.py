"""A small Kubernetes API client: requests with strict time limits, and streams that can be ended from outside.

Written on the standard library because a lane may have hundreds of waiting runners: it costs 20 MB where the
official client costs 130 MB, and every time limit is ours.
"""

import contextlib
import http.client
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlencode

from nightlane_runner.api.connection import ApiConnection, tls_context
from nightlane_runner.api.errors import ApiRefused, ApiUnknown, CertificateRefused, CredentialRefused
from nightlane_runner.api.kubeconfig import Credential, UnusableKubeconfig, read_kubeconfig
from nightlane_runner.api.stream import ApiStream
from nightlane_runner.json_tree import JsonObject, text_at

READ_SECONDS = 10.0
"""How long one request may be silent. Short, so that an order to cancel is not kept waiting."""

IDLE_SECONDS = 45.0
"""After this long without a request a new connection is made: servers and what is between close idle ones."""

_UNAUTHORIZED = 401
_TOO_MANY_REQUESTS = 429
_REQUEST_TIMEOUT = 408


class Api:
    """Requests to the customer's API server with the mounted kubeconfig.

    Requests come from one thread; streams may be read in others. After a 401 the kubeconfig is read again,
    since a rotated credential arrives in place.

    Attributes:
        requests: how many requests were sent, streams included.

    """

    def __init__(self, kubeconfig: Path, scratch: Path) -> None:
        self._kubeconfig = kubeconfig
        self._scratch = scratch
        self._lock = threading.Lock()
        self._connection: ApiConnection | None = None
        self._connection_login: _Login | None = None
        self._last_used = 0.0
        self._server_time: tuple[datetime, float] | None = None
        self._deadline = float("inf")
        self.requests = 0
        self._login = _log_in(kubeconfig, scratch)

    @property
    def server(self) -> str:
        """The API server's address, for messages."""
        return self._login.credential.server

    def server_now(self) -> datetime | None:
        """Return the API server's time, None before its first answer. Our own clock may differ, and is not asked."""
        if self._server_time is None:
            return None
        stamp, taken = self._server_time
        return stamp + timedelta(seconds=time.monotonic() - taken)

    def seconds_since(self, moment: datetime) -> float:
        """Return the age of something remote, by the API server's clock."""
        now = self.server_now()
        return 0.0 if now is None else (now - moment).total_seconds()

    @contextlib.contextmanager
    def within(self, deadline: float) -> Iterator[None]:
        """Wait for no answer beyond the deadline, by the monotonic clock: whoever is to be killed has no more time."""
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
        """Replace an object, if its resourceVersion still is the one in `body`."""
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
        login = self._login
        connection = ApiConnection(login.credential, login.tls, READ_SECONDS)
        try:
            response = self._send(connection, login, "GET", path, query, None)
            if response.status != http.client.OK:
                self._raise_failure(response.status, response.read())
            return ApiStream(connection, response, silence_seconds)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _unknown(error) from error
        except (ApiUnknown, ApiRefused):
            connection.close()
            raise

    def _request(self, method: str, path: str, query: Mapping[str, str] | None, body: JsonObject | None) -> JsonObject:
        with self._lock:
            try:
                return self._exchange(method, path, query, body)
            except (OSError, http.client.HTTPException, ApiUnknown) as error:
                self._drop_connection()
                if isinstance(error, ApiUnknown):
                    raise
                raise _unknown(error) from error

    def _exchange(self, method: str, path: str, query: Mapping[str, str] | None, body: JsonObject | None) -> JsonObject:
        login = self._login
        if self._connection_login is not login or time.monotonic() - self._last_used > IDLE_SECONDS:
            self._drop_connection()
        reused = self._connection is not None
        connection = self._connection or ApiConnection(login.credential, login.tls, READ_SECONDS)
        self._connection, self._connection_login = connection, login
        connection.request_by(self._deadline)
        try:
            response = self._send(connection, login, method, path, query, body)
        except (ConnectionError, http.client.RemoteDisconnected):
            # The server may close an idle connection at any time: that is no outage, and a new one tells. Only a
            # request that changes nothing is sent again unasked.
            if not reused or method != "GET":
                raise
            self._drop_connection()
            return self._exchange(method, path, query, body)
        answer = response.read()
        self._last_used = time.monotonic()
        if response.status >= http.client.BAD_REQUEST:
            self._raise_failure(response.status, answer)
        return _parsed(answer)

    def _send(
        self,
        connection: ApiConnection,
        login: "_Login",
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: JsonObject | None,
    ) -> http.client.HTTPResponse:
        headers = {"Accept": "application/json", "User-Agent": "nightlane-runner"}
        if login.credential.token:
            headers["Authorization"] = f"Bearer {login.credential.token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.requests += 1
        connection.request(
            method,
            f"{path}?{urlencode(query)}" if query else path,
            body=None if body is None else json.dumps(body),
            headers=headers,
        )
        response = connection.getresponse()
        if (stamp := response.getheader("Date")) is not None:
            self._note_server_time(stamp)
        return response

    def _raise_failure(self, status: int, answer: bytes) -> None:
        if status == _UNAUTHORIZED:
            self._log_in_again()
            raise CredentialRefused(
                "401 Unauthorized: the credential is not accepted; the mounted kubeconfig was read again"
            )
        if status in (_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS) or status >= http.client.INTERNAL_SERVER_ERROR:
            raise ApiUnknown(f"{status}: {_short(answer)}")
        tree = _parsed(answer)
        if text_at(tree, "kind") != "Status":
            raise ApiUnknown(f"{status} from something that is no Kubernetes API server: {_short(answer)}")
        raise ApiRefused(status, text_at(tree, "reason"), text_at(tree, "message"))

    def _log_in_again(self) -> None:
        try:
            self._login = _log_in(self._kubeconfig, self._scratch)
        except (OSError, UnusableKubeconfig) as error:
            raise CredentialRefused(f"401 Unauthorized, and the kubeconfig cannot be read again: {error}") from error

    def _note_server_time(self, stamp: str) -> None:
        try:
            self._server_time = (parsedate_to_datetime(stamp), time.monotonic())
        except ValueError:
            return  # a date that cannot be read is as good as none

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass(frozen=True, slots=True)
class _Login:
    """One reading of the kubeconfig."""

    credential: Credential
    tls: ssl.SSLContext


def _log_in(kubeconfig: Path, scratch: Path) -> _Login:
    credential = read_kubeconfig(kubeconfig)
    return _Login(credential, tls_context(credential, scratch))


def _parsed(answer: bytes) -> JsonObject:
    try:
        tree = json.loads(answer)
    except ValueError as error:
        raise ApiUnknown(f"an answer that is no JSON: {_short(answer)}") from error
    if not isinstance(tree, dict):
        raise ApiUnknown(f"an answer that is no object: {_short(answer)}")
    return tree


def _short(answer: bytes) -> str:
    return " ".join(answer[:200].decode("utf-8", "replace").split())


def _unknown(error: Exception) -> ApiUnknown:
    text = str(error) or type(error).__name__
    # A server says by an alert why it does not take a client's certificate, and that it is one.
    about_certificate = isinstance(error, ssl.SSLCertVerificationError) or (
        isinstance(error, ssl.SSLError) and "CERTIFICATE" in text.upper()
    )
    return CertificateRefused(text) if about_certificate else ApiUnknown(text)
