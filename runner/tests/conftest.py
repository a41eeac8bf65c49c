"""Fixtures: one API server for all tests, one namespace and one set of mounts for each."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nightlane_runner.api.kubeconfig import read_kubeconfig
from tests.support.administrator import Administrator
from tests.support.api_server import pinned_tool, running_api_server
from tests.support.gateway import Gateway
from tests.support.kubelet import Kubelet
from tests.support.log_server import LogServer
from tests.support.logged_step import LoggedStep
from tests.support.runner_process import RunnerProcess
from tests.support.tcp_proxy import TcpProxy

StartRunner = Callable[..., RunnerProcess]


FAULTS = pytest.StashKey[dict[int, list[str]]]()
"""Which tests show how the runner holds which fault, as far as tests were collected."""


def pytest_configure(config: pytest.Config) -> None:
    """Begin with no test of any fault."""
    config.stash[FAULTS] = {}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note which faults a test is about, also if it is deselected afterwards."""
    for marker in item.iter_markers("fault"):
        for number in marker.args:
            item.config.stash[FAULTS].setdefault(number, []).append(item.nodeid)


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The administrator's kubeconfig of a real API server."""
    with running_api_server(tmp_path_factory.mktemp("api-server")) as kubeconfig:
        yield kubeconfig


@pytest.fixture
def admin(api_server: Path, tmp_path: Path) -> Administrator:
    """An administrator of a fresh namespace that has the runner's identity."""
    return Administrator.of_new_namespace(api_server, tmp_path)


@pytest.fixture
def kubelet(admin: Administrator) -> Kubelet:
    """Somebody to play the kubelet in that namespace."""
    return Kubelet(admin)


@pytest.fixture
def mounts(admin: Administrator, tmp_path: Path) -> Path:
    """The mounts of the runners of one step, with the credential in them."""
    folder = tmp_path / "mounts"
    admin.write_kubeconfig(folder / "credentials" / "kubeconfig")
    return folder


@pytest.fixture
def proxy(admin: Administrator, mounts: Path) -> Iterator[TcpProxy]:
    """A breakable connection, which the credential in the mounts leads through."""
    proxy = TcpProxy(read_kubeconfig(admin.kubeconfig).port)
    admin.write_kubeconfig(mounts / "credentials" / "kubeconfig", proxy.port)
    yield proxy
    proxy.close()


@pytest.fixture
def gateway(admin: Administrator, mounts: Path, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway before the API server, which the credential in the mounts leads through."""
    gateway = Gateway(tmp_path, admin.kubeconfig)
    admin.write_kubeconfig(mounts / "credentials" / "kubeconfig", gateway.port)
    yield gateway
    gateway.close()


@pytest.fixture
def driver_log(api_server: Path, tmp_path: Path) -> Iterator[LogServer]:
    """The log of the driver's container."""
    server = LogServer(tmp_path, api_server)
    yield server
    server.close()


@pytest.fixture
def logged_step(
    admin: Administrator, kubelet: Kubelet, mounts: Path, driver_log: LogServer, tmp_path: Path
) -> LoggedStep:
    """A Spark step, yet to be started, whose driver writes that log."""
    return LoggedStep(admin, kubelet, mounts, driver_log, tmp_path)


@pytest.fixture
def start_runner(mounts: Path) -> Iterator[StartRunner]:
    """Starts runner processes on those mounts and ends what is left of them."""
    started: list[RunnerProcess] = []

    def start(kind: str, step: dict[str, Any]) -> RunnerProcess:
        started.append(RunnerProcess(mounts, kind, step))
        return started[-1]

    yield start
    for runner in started:
        runner.end()


@pytest.fixture(scope="session")
def kubectl() -> Path:
    """The pinned kubectl."""
    return pinned_tool("kubectl")


@pytest.fixture
def kubectl_on_path(kubectl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pinned kubectl, first on the path."""
    monkeypatch.setenv("PATH", f"{kubectl.parent}{os.pathsep}{os.environ['PATH']}")
