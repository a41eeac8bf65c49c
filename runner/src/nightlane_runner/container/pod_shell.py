"""The way into a customer's container, separate so that all above it can be tested without one; and that of kubectl."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from nightlane_runner.api.connection import CONNECT_SECONDS
from nightlane_runner.api.kubeconfig import Credential, UnusableKubeconfig, read_kubeconfig, url_host
from nightlane_runner.api.route import Route, read_route
from nightlane_runner.container.remote_process import LocalProcess, RemoteProcess
from nightlane_runner.container.shell_session import TransportFailed
from nightlane_runner.lane.places import Places


@dataclass(frozen=True, slots=True)
class PodContainer:
    """One container of one pod."""

    pod: str
    container: str

    def __str__(self) -> str:
        return f"container {self.container} of pod {self.pod}"


class PodShell(Protocol):
    """Starts POSIX shell scripts in containers."""

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> RemoteProcess:
        """Start `script` with positional parameters `arguments`."""
        ...


class KubectlShell:
    """Uses the real kubectl, which carries standard input, output and error over one connection."""

    def __init__(self, places: Places, namespace: str) -> None:
        self._places = places
        self._namespace = namespace

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> RemoteProcess:
        """Start `script` by kubectl exec.

        Raises:
            TransportFailed: the kubeconfig is not what it was when the step began.

        """
        try:
            credential = read_kubeconfig(self._places.kubeconfig)
            route = read_route(self._places.addresses, credential)
        except UnusableKubeconfig as error:
            # The lane was deployed in the meantime, and may be again.
            raise TransportFailed(str(error)) from error
        command = [
            "kubectl",
            f"--kubeconfig={self._places.kubeconfig}",
            *_server_flags(credential, route),
            f"--namespace={self._namespace}",
            "exec",
            "--stdin",
            target.pod,
            f"--container={target.container}",
            "--",
            *shell_command(script, arguments),
        ]
        # Nothing else: no other proxy, and no settings of a home folder, of which there is none to write to.
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": "/nonexistent", "KUBERC": "off"}
        if route.proxy_url:
            environment["HTTPS_PROXY"] = route.proxy_url
        return LocalProcess(command, environment, credential.left_out_of)


def _server_flags(credential: Credential, route: Route) -> list[str]:
    """Return flags that lead kubectl to the first address that accepts a connection: it cannot resolve the name."""
    if route.server is not None or route.hosts == (credential.host,):
        return []
    seconds = CONNECT_SECONDS / len(route.hosts)
    address = next((one for one in route.hosts[:-1] if _takes(one, credential.port, seconds)), route.hosts[-1])
    server = f"https://{url_host(address)}:{credential.port}{credential.path}"
    return [f"--server={server}", f"--tls-server-name={credential.host}"]


def _takes(address: str, port: int, seconds: float) -> bool:
    try:
        with socket.create_connection((address, port), seconds):
            return True
    except OSError:
        return False


def shell_command(script: str, arguments: Sequence[str]) -> list[str]:
    """Return the command that runs `script` with the given positional parameters."""
    return ["sh", "-c", script, "nightlane", *arguments]
