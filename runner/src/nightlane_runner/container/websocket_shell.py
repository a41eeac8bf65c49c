"""The way into a container: exec over a WebSocket, as kubectl does it, without the 50 MiB that kubectl takes.

wsproto reads and writes the frames: it is well maintained, does no I/O of its own, and costs 2 MB. Servers before
Kubernetes 1.30, and gateways that carry no WebSockets, do not speak the version that can signal the end of input; there
kubectl is used, which knows the older way.
"""

import contextlib
import json
import socket
import ssl
import time
from collections.abc import Sequence
from http import HTTPStatus
from http.client import HTTPS_PORT
from urllib.parse import quote, urlencode

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Event, RejectConnection, RejectData, Request
from wsproto.utilities import ProtocolError

from nightlane_runner.api.answer import MOST_ANSWER_BYTES
from nightlane_runner.api.connection import CONNECT_SECONDS, KEEPALIVE, tls_context
from nightlane_runner.api.kubeconfig import Credential, UnusableKubeconfig, read_kubeconfig, url_host
from nightlane_runner.api.route import Route, read_route
from nightlane_runner.container.ended_stream import EndedStream
from nightlane_runner.container.exec_stream import ExecStream
from nightlane_runner.container.pod_shell import PodContainer, PodShell, shell_command
from nightlane_runner.container.remote_process import RemoteProcess
from nightlane_runner.json_tree import Json, text_at
from nightlane_runner.lane.places import Places

_SUBPROTOCOL = "v5.channel.k8s.io"
_PIECE_BYTES = 64 * 1024

_START_SECONDS = 15.0
"""For everything until the streams are open, however slow: a step that is stopped in the meantime has 25 s in all."""

_NOT_SPOKEN = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.UPGRADE_REQUIRED,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
"""Answers that do not come from Kubernetes but from something that knows no WebSockets, or not these. Others may pass,
such as a balancer's 502."""

_UPGRADE_LOST = "Upgrade request required"
"""What an API server answers if a gateway has dropped the request for a WebSocket."""


class _Refused(Exception):
    """The API server explains why it does not start the command."""


class _NotSpoken(Exception):
    """What answers does not speak this protocol."""


class WebSocketShell:
    """Starts scripts over WebSockets, and over `other` if those are not supported."""

    def __init__(self, places: Places, namespace: str, other: PodShell) -> None:
        self._places = places
        self._namespace = namespace
        self._other = other
        self._spoken = True

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> RemoteProcess:
        """Start `script` with positional parameters `arguments`; what goes wrong is reported on its standard error."""
        if self._spoken:
            try:
                credential = read_kubeconfig(self._places.kubeconfig)
            except (OSError, UnusableKubeconfig) as error:
                return EndedStream(str(error))
            try:
                return self._started(credential, target, shell_command(script, arguments))
            except _NotSpoken:
                self._spoken = False
            except (OSError, ProtocolError, UnicodeError, UnusableKubeconfig, _Refused) as error:
                # wsproto lets through what is not ASCII in a header.
                return EndedStream(str(error), credential.left_out_of)
        return self._other.start(target, script, arguments)

    def _started(self, credential: Credential, target: PodContainer, command: Sequence[str]) -> ExecStream:
        end = time.monotonic() + _START_SECONDS
        connection = _connected(credential, read_route(self._places.addresses, credential), self._places)
        with contextlib.ExitStack() as undo:
            undo.callback(connection.close)
            protocol, early = _agreed(connection, credential, self._target(credential, target, command), end)
            undo.pop_all()
        return ExecStream(connection, protocol, early, credential.left_out_of)

    def _target(self, credential: Credential, target: PodContainer, command: Sequence[str]) -> str:
        streams = [(name, "true") for name in ("stdin", "stdout", "stderr")]
        query = urlencode([("container", target.container), *streams, *(("command", word) for word in command)])
        pod = f"namespaces/{quote(self._namespace)}/pods/{quote(target.pod)}"
        return f"{credential.path}/api/v1/{pod}/exec?{query}"


def _connected(credential: Credential, route: Route, places: Places) -> ssl.SSLSocket:
    """Return a connection to the first host that accepts one and behind which the server shows its certificate."""
    context = tls_context(credential, places.scratch)
    for host in route.hosts[:-1]:
        with contextlib.suppress(OSError):
            return _connected_to(host, route, credential, context)
    return _connected_to(route.hosts[-1], route, credential, context)


def _connected_to(host: str, route: Route, credential: Credential, context: ssl.SSLContext) -> ssl.SSLSocket:
    seconds = CONNECT_SECONDS / len(route.hosts)
    plug = socket.create_connection((host, route.port), seconds)
    try:
        for level, option, value in KEEPALIVE:
            plug.setsockopt(level, option, value)
        route.open_through(plug, seconds)
        return context.wrap_socket(plug, server_hostname=credential.host)
    except OSError:
        plug.close()
        raise


def _agreed(
    connection: ssl.SSLSocket, credential: Credential, target: str, end: float
) -> tuple[WSConnection, list[Event]]:
    """Return the protocol once both sides speak it, and what came right after."""
    protocol = WSConnection(ConnectionType.CLIENT)
    headers = [(b"User-Agent", b"nightlane-runner")]
    if credential.token:
        headers.append((b"Authorization", f"Bearer {credential.token}".encode()))
    name = url_host(credential.host)
    host = name if credential.port == HTTPS_PORT else f"{name}:{credential.port}"
    request = Request(host=host, target=target, subprotocols=[_SUBPROTOCOL], extra_headers=headers)
    _wait_until(end, connection)
    connection.sendall(protocol.send(request))
    status, answer = 0, bytearray()
    while True:
        _wait_until(end, connection)
        data = connection.recv(_PIECE_BYTES)
        if not data:
            # This is how an answer of unknown length ends.
            if status:
                raise _refusal(status, bytes(answer))
            raise _Refused("the API server closed the connection before it answered")
        protocol.receive_data(data)
        events = list(protocol.events())
        for place, event in enumerate(events):
            if isinstance(event, AcceptConnection):
                if event.subprotocol != _SUBPROTOCOL:
                    raise _NotSpoken
                return protocol, events[place + 1 :]
            if isinstance(event, RejectConnection):
                status = event.status_code
                if not event.has_body:
                    raise _refusal(status, b"")
            if isinstance(event, RejectData):
                answer += event.data
                if event.body_finished or len(answer) > MOST_ANSWER_BYTES:
                    raise _refusal(status, bytes(answer))


def _wait_until(end: float, connection: ssl.SSLSocket) -> None:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError(f"the API server did not answer within {_START_SECONDS:.0f} s")
    connection.settimeout(left)


def _refusal(status: int, answer: bytes) -> Exception:
    """Return what an answer without a WebSocket means: Kubernetes' own refusal, or no support for WebSockets."""
    try:
        tree: Json = json.loads(answer)
    except (ValueError, RecursionError):
        tree = None
    message = text_at(tree, "message")
    if text_at(tree, "kind") == "Status" and message and message != _UPGRADE_LOST:
        return _Refused(f"{message} ({status} {text_at(tree, 'reason')})")
    if status == HTTPStatus.UNAUTHORIZED:
        return _Refused("401 Unauthorized: the credential is not accepted")
    if status in _NOT_SPOKEN:
        return _NotSpoken()
    return _Refused(f"the API server, or a gateway before it, answered {status}, which says nothing about the command")
