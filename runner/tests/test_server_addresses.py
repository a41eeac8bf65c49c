"""Where the API server is: addresses in a file, which a deployment changes under a night that runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightlane_runner.api.client import Api
from nightlane_runner.api.errors import ApiUnknown
from nightlane_runner.api.kubeconfig import UnusableKubeconfig, read_kubeconfig
from nightlane_runner.api.route import Route, read_route
from nightlane_runner.container.pod_shell import KubectlShell, PodContainer
from nightlane_runner.container.shell_session import TransportFailed
from nightlane_runner.lane.places import Places
from tests.support.administrator import Administrator
from tests.support.certificates import authority_of, issued
from tests.support.gateway import Gateway, Passage

NAME = "k8s.testbank.example"
"""What nothing on this machine resolves, as nothing does in a lane."""

NOBODY = "127.0.0.99"
"""An address that refuses connections."""

PATH = "/k8s/clusters/c-m-abc"


@pytest.fixture
def server(admin: Administrator, tmp_path: Path) -> Iterator[Gateway]:
    """Something in front of the API server whose certificate has the name alone."""
    authority = authority_of(admin.kubeconfig)
    certificate = issued(tmp_path, "named", (authority / "ca.pem", authority / "ca.key"), f"subjectAltName=DNS:{NAME}")
    gateway = Gateway(tmp_path, admin.kubeconfig, certificate)
    yield gateway
    gateway.close()


def _places(mounts: Path, server: Gateway, admin: Administrator, path: str = "", *addresses: str) -> Places:
    places = Places(mounts)
    admin.write_kubeconfig(places.kubeconfig, server.port)
    tree = json.loads(places.kubeconfig.read_text())
    tree["clusters"][0]["cluster"]["server"] = f"https://{NAME}:{server.port}{path}"
    places.kubeconfig.write_text(json.dumps(tree))
    _say(places, *addresses)
    return places


def _say(places: Places, *addresses: str) -> None:
    places.addresses.parent.mkdir(parents=True, exist_ok=True)
    places.addresses.write_text("\n".join(addresses) + "\n")


def _api(places: Places) -> Api:
    places.scratch.mkdir(parents=True, exist_ok=True)
    return Api(places.kubeconfig, places.scratch, places.addresses)


def test_server_is_found_by_its_address_and_known_by_its_name(
    server: Gateway, admin: Administrator, mounts: Path
) -> None:
    """The name is in the certificate and nowhere else."""
    api = _api(_places(mounts, server, admin, "", "127.0.0.1"))
    assert api.get(admin.core("pods"))["kind"] == "PodList"
    assert api.server == f"https://{NAME}:{server.port}"


def test_next_address_is_tried_where_one_takes_no_connection(
    server: Gateway, admin: Administrator, mounts: Path
) -> None:
    """IPv6 among them, which this server does not listen on."""
    api = _api(_places(mounts, server, admin, "", NOBODY, "::1", "127.0.0.1"))
    assert api.get(admin.core("pods"))["kind"] == "PodList"


def test_new_address_is_used_by_a_runner_that_waits(server: Gateway, admin: Administrator, mounts: Path) -> None:
    """The file changes in place, as the kubeconfig does."""
    places = _places(mounts, server, admin, "", NOBODY)
    api = _api(places)
    with pytest.raises(ApiUnknown):
        api.get(admin.core("pods"))
    _say(places, "127.0.0.1")
    with pytest.raises(ApiUnknown):
        api.get(admin.core("pods"))  # finds out that the file is another
    assert api.get(admin.core("pods"))["kind"] == "PodList"


def test_server_is_told_its_name_and_the_path_of_the_cluster(
    server: Gateway, admin: Administrator, mounts: Path
) -> None:
    """Balancers and Rancher go by them."""
    told: list[tuple[str, str]] = []

    def note(passage: Passage) -> None:
        told.append((passage.handler.headers["Host"], passage.path))
        passage.answer(200, b'{"kind": "PodList"}')

    server.on("GET", PATH, note)
    api = _api(_places(mounts, server, admin, PATH, "127.0.0.1"))
    assert api.get(admin.core("pods"))["kind"] == "PodList"
    assert told == [(f"{NAME}:{server.port}", PATH + admin.core("pods"))]


def test_kubectl_is_led_the_same_way(server: Gateway, admin: Administrator, mounts: Path) -> None:
    """It resolves no names in a lane either."""
    places = _places(mounts, server, admin, PATH, NOBODY, "127.0.0.1")
    KubectlShell(places, admin.namespace).start(PodContainer("driver", "main"), "true", ()).wait()
    assert server.requests
    assert all(path.startswith(PATH) for _, path in server.requests)


def test_lane_that_was_deployed_wrongly_meanwhile_is_a_trouble_of_the_connection(
    server: Gateway, admin: Administrator, mounts: Path
) -> None:
    """The step has begun well, and goes on when the lane is deployed once more."""
    shell = KubectlShell(_places(mounts, server, admin, PATH, NOBODY, "k8s.testbank.example"), admin.namespace)
    with pytest.raises(TransportFailed, match="server/addresses"):
        shell.start(PodContainer("driver", "main"), "true", ())


@pytest.mark.parametrize(
    "text",
    [
        "k8s.testbank.example\n",
        "10.0.0.1 --server=x\n",
        "",
        "\n",
        "10.0.0.1/32\n",
        "\xff",
        "http://proxy.testbank.example:3128\n",
        "http://999.0.0.1:3128\n",
        "http://10.0.0.1\n",
        "https://10.0.0.1:3128\n",
        "http://user:word@10.0.0.1:3128\n",
        "http://10.0.0.1:3128\n10.0.0.2\n",
    ],
)
def test_what_is_no_address_is_refused(tmp_path: Path, admin: Administrator, text: str) -> None:
    """Nothing of it may reach a command line."""
    file = tmp_path / "addresses"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(UnusableKubeconfig, match=r"server/addresses: .*must be addresses"):
        read_route(file, read_kubeconfig(admin.kubeconfig))


def test_addresses_of_both_kinds_are_read(tmp_path: Path, admin: Administrator) -> None:
    """In their order; without a file there are none."""
    file = tmp_path / "addresses"
    credential = read_kubeconfig(admin.kubeconfig)
    file.write_text("10.64.1.10\n2001:db8::10\n")
    assert read_route(file, credential).hosts == ("10.64.1.10", "2001:db8::10")
    assert read_route(tmp_path / "none", credential) == Route((credential.host,), credential.port)
    file.write_text("http://[2001:db8::9]:3128\n")
    proxied = read_route(file, credential)
    assert proxied == Route(("2001:db8::9",), 3128, (credential.host, credential.port))
    assert proxied.proxy_url == "http://[2001:db8::9]:3128"
