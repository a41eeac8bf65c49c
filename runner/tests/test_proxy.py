"""An API server behind its customer's proxy: whatever is asked of it goes through there, and nothing goes round."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nightlane_runner.api.client import Api
from nightlane_runner.api.errors import ApiUnknown
from nightlane_runner.container.pod_shell import KubectlShell, PodContainer
from nightlane_runner.container.websocket_shell import WebSocketShell
from nightlane_runner.lane.places import Places
from tests.support.administrator import Administrator
from tests.support.certificates import authority_of, issued
from tests.support.connect_proxy import ConnectProxy
from tests.support.exec_server import ExecServer
from tests.support.gateway import Gateway
from tests.support.local_shell import LocalShell

NAME = "k8s.testbank.example"
"""What nothing on this machine resolves: only the proxy knows where it is."""


@pytest.fixture
def server(admin: Administrator, tmp_path: Path) -> Iterator[Gateway]:
    """Something in front of the API server that is at loopback, and whose certificate has the name as well."""
    authority = authority_of(admin.kubeconfig)
    names = f"subjectAltName=DNS:{NAME},IP:127.0.0.1"
    gateway = Gateway(
        tmp_path, admin.kubeconfig, issued(tmp_path, "named", (authority / "ca.pem", authority / "ca.key"), names)
    )
    yield gateway
    gateway.close()


@pytest.fixture
def start_proxy() -> Iterator[Callable[[int], ConnectProxy]]:
    """Return a way to start a proxy before a port."""
    proxies: list[ConnectProxy] = []

    def start(port: int) -> ConnectProxy:
        proxies.append(ConnectProxy(port))
        return proxies[-1]

    yield start
    for proxy in proxies:
        proxy.close()


@pytest.fixture
def proxy(server: Gateway, start_proxy: Callable[[int], ConnectProxy]) -> ConnectProxy:
    """Return the proxy before the API server."""
    return start_proxy(server.port)


def _places(mounts: Path, server: Gateway, admin: Administrator, proxy: ConnectProxy, host: str = NAME) -> Places:
    places = Places(mounts)
    admin.write_kubeconfig(places.kubeconfig, server.port)
    tree = json.loads(places.kubeconfig.read_text())
    tree["clusters"][0]["cluster"]["server"] = f"https://{host}:{server.port}"
    places.kubeconfig.write_text(json.dumps(tree))
    _say(places, proxy)
    return places


def _say(places: Places, proxy: ConnectProxy) -> None:
    places.addresses.parent.mkdir(parents=True, exist_ok=True)
    places.addresses.write_text(f"{proxy.url}\n")
    places.scratch.mkdir(parents=True, exist_ok=True)


def _api(places: Places) -> Api:
    return Api(places.kubeconfig, places.scratch, places.addresses)


def test_requests_and_streams_go_through_it(
    server: Gateway, admin: Administrator, mounts: Path, proxy: ConnectProxy
) -> None:
    """It is asked for the server by its name, which it alone can resolve; the certificate is checked for that name."""
    api = _api(_places(mounts, server, admin, proxy))
    assert api.get(admin.core("pods"))["kind"] == "PodList"
    with api.stream(admin.core("pods"), {"watch": "1", "timeoutSeconds": "1"}, 10.0) as stream:
        assert stream.read_line() == b""
    assert proxy.asked == [f"{NAME}:{server.port}"] * 2
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "403 Forbidden"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407 Proxy Authentication Required"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "SSH-2.0"),
        (b"HTTP/1.1 200 OK\r\n\r\nand more", "200 OK"),
        (b"x" * 100_000, "no readable answer"),
        (b"", "closed the connection"),
    ],
)
def test_request_does_not_go_round_a_proxy_that_refuses(
    server: Gateway, admin: Administrator, mounts: Path, proxy: ConnectProxy, answer: bytes, said: str
) -> None:
    """The server is at the very address that the kubeconfig has here, and is not asked."""
    proxy.answer = answer
    api = _api(_places(mounts, server, admin, proxy, "127.0.0.1"))
    with pytest.raises(ApiUnknown, match=said) as caught:
        api.get(admin.core("pods"))
    assert proxy.url in str(caught.value)
    assert proxy.asked == [f"127.0.0.1:{server.port}"]
    assert server.requests == []


def test_request_does_not_go_round_a_proxy_that_is_away(
    server: Gateway, admin: Administrator, mounts: Path, proxy: ConnectProxy
) -> None:
    """It waits as for a server that is away, and goes on through the proxy once that is there."""
    places = _places(mounts, server, admin, proxy, "127.0.0.1")
    places.addresses.write_text("http://127.0.0.99:1\n")
    api = _api(places)
    with pytest.raises(ApiUnknown):
        api.get(admin.core("pods"))
    assert server.requests == []
    _say(places, proxy)
    with pytest.raises(ApiUnknown):
        api.get(admin.core("pods"))  # finds out that the file is another
    assert api.get(admin.core("pods"))["kind"] == "PodList"
    assert proxy.asked == [f"127.0.0.1:{server.port}"]


def test_kubectl_goes_through_it(server: Gateway, admin: Administrator, mounts: Path, proxy: ConnectProxy) -> None:
    """Against servers that exec and copy steps need it for."""
    places = _places(mounts, server, admin, proxy)
    KubectlShell(places, admin.namespace).start(PodContainer("driver", "main"), "true", ()).wait()
    assert server.requests
    assert set(proxy.asked) == {f"{NAME}:{server.port}"}


def test_kubectl_does_not_go_round_it(server: Gateway, admin: Administrator, mounts: Path, proxy: ConnectProxy) -> None:
    """It says that the proxy refuses, which a step takes for an outage."""
    proxy.answer = b"HTTP/1.1 403 Forbidden\r\n\r\n"
    places = _places(mounts, server, admin, proxy)
    assert KubectlShell(places, admin.namespace).start(PodContainer("driver", "main"), "true", ()).wait() != 0
    assert proxy.asked
    assert server.requests == []


@pytest.fixture
def exec_server(tmp_path: Path) -> ExecServer:
    """Return the shell over WebSockets."""
    (tmp_path / "exec").mkdir()
    return ExecServer(tmp_path / "exec")


def test_commands_in_containers_go_through_it_and_not_round(
    exec_server: ExecServer, mounts: Path, tmp_path: Path, start_proxy: Callable[[int], ConnectProxy]
) -> None:
    """Over WebSockets as over kubectl."""
    proxy = start_proxy(exec_server.port)
    places = Places(mounts)
    exec_server.write_kubeconfig(places.kubeconfig)
    _say(places, proxy)
    shell = WebSocketShell(places, "risk", LocalShell(tmp_path))
    target = PodContainer("pricing-0", "main")
    process = shell.start(target, "echo through", ())
    assert process.stdout is not None
    assert process.stdout.read() == b"through\n"
    assert process.wait() == 0
    assert proxy.asked == [f"127.0.0.1:{exec_server.port}"]
    proxy.answer = b"HTTP/1.1 403 Forbidden\r\n\r\n"
    refused = shell.start(target, "echo round", ())
    assert refused.stderr is not None
    assert b"403 Forbidden" in refused.stderr.read()
    assert refused.wait() != 0
    assert len(exec_server.requests) == 1
