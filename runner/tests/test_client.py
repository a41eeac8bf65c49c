"""One request and what servers, gateways and rotations do to it, through a real API server."""

import base64
import contextlib
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nightlane_runner.api import client, pages
from nightlane_runner.api.client import Api
from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.connection import ApiConnection
from nightlane_runner.api.errors import ApiRefused, ApiUnknown, CertificateRefused, CredentialRefused, NotPermitted
from nightlane_runner.json_tree import object_at, text_at
from tests.support.administrator import Administrator
from tests.support.certificates import expired, issued
from tests.support.gateway import Gateway, Passage
from tests.support.kubelet import Kubelet
from tests.support.log_server import LogServer
from tests.support.logged_step import LoggedStep

pytestmark = pytest.mark.api_server


def test_answer_that_drips_is_cut(admin: Administrator, mounts: Path, gateway: Gateway) -> None:
    """R24: the limit is one of the whole request, in its head as in its content."""

    def drip(passage: Passage) -> None:
        handler = passage.handler
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while True:
            handler.wfile.write(b" ")
            time.sleep(0.1)

    def drip_head(passage: Passage) -> None:
        passage.handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            passage.handler.wfile.write(b"X-Slow: 1\r\n")
            time.sleep(0.1)

    api = Api(mounts / "credentials" / "kubeconfig", mounts)
    api.get(admin.core("pods"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "REQUEST_SECONDS", 1.0)
        _time_is_one_for_all(api, admin, gateway, drip)
        for action in (drip, drip_head):
            met = gateway.on("GET", "/pods", action, times=1)
            with pytest.raises(ApiUnknown):
                api.get(admin.core("pods"))
            assert met() == 1
    assert api.get(admin.core("pods"))["kind"] == "PodList"


def _time_is_one_for_all(api: Api, admin: Administrator, gateway: Gateway, drip: Callable[[Passage], None]) -> None:
    """On a connection that was used before, what is cut is asked for once more, in no further time."""
    met = gateway.on("GET", "/pods", drip)
    limits: list[float] = []
    limited = Api._limited

    def noted(self: Api, connection: ApiConnection | None, seconds: float) -> contextlib.AbstractContextManager[None]:
        limits.append(seconds)
        return limited(self, connection, seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Api, "_limited", noted)
        with pytest.raises(ApiUnknown):
            api.get(admin.core("pods"))
    assert met() in (1, 2)
    assert sum(limits[1:]) < client.REQUEST_SECONDS / 2
    gateway.forget_rules()


@pytest.mark.parametrize(
    ("resource", "kind", "ask"),
    [
        ("jobs", "Job", lambda cluster: cluster.read_job("nl-x")),
        ("jobs", "Job", lambda cluster: cluster.jobs("nightlane/customer=nordbank")),
        ("pods", "Pod", lambda cluster: cluster.pods("job-name=nl-x")),
    ],
)
def test_list_of_others_proves_nothing(
    admin: Administrator,
    mounts: Path,
    gateway: Gateway,
    resource: str,
    kind: str,
    ask: Callable[[Cluster], object],
) -> None:
    """R34: a gateway that leaves out the selector; neither is the one that was asked for there, nor is it gone."""
    other = {"metadata": {"name": "other", "uid": "9", "labels": {"nightlane/customer": "alpenkredit"}}}
    version = "batch/v1" if kind == "Job" else "v1"
    answer = {"kind": f"{kind}List", "apiVersion": version, "metadata": {"resourceVersion": "5"}, "items": [other]}
    gateway.on("GET", f"/{resource}", lambda passage: passage.answer(200, json.dumps(answer).encode()))

    with pytest.raises(ApiUnknown, match="got other; have what answers in the API server's place checked"):
        ask(Cluster(Api(mounts / "credentials" / "kubeconfig", mounts), admin.namespace))


def test_answer_that_is_too_long_for_any_list_is_refused(admin: Administrator, mounts: Path, gateway: Gateway) -> None:
    """R38: before the container's memory is full, which would end it without a word."""

    def flood(passage: Passage) -> None:
        handler = passage.handler
        handler.send_response(200)
        handler.send_header("Content-Length", str(300 * 1024**2))
        handler.end_headers()
        for _ in range(300):
            handler.wfile.write(b" " * 1024**2)

    gateway.on("GET", "/pods", flood)
    with pytest.raises(ApiUnknown, match="more than 4 MiB"):
        Api(mounts / "credentials" / "kubeconfig", mounts).get(admin.core("pods"))


def test_failed_connection_is_described_in_words(
    admin: Administrator, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People read them in calls, in which names of the library's own parts explain nothing."""
    monkeypatch.setattr("nightlane_runner.api.client.CONNECT_SECONDS", 0.5)
    kubeconfig = mounts / "credentials" / "kubeconfig"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        admin.write_kubeconfig(kubeconfig, silent.getsockname()[1])
        with pytest.raises(ApiUnknown) as unanswered:
            Api(kubeconfig, mounts).get(admin.core("pods"))
    with pytest.raises(ApiUnknown) as refused:
        Api(kubeconfig, mounts).get(admin.core("pods"))
    assert str(unanswered.value).startswith("127.0.0.1: ")
    assert "timed out" in str(unanswered.value)
    assert str(refused.value) == "127.0.0.1: Failed to establish a new connection: [Errno 111] Connection refused"
    assert "Connection(" not in str(unanswered.value)


def test_federated_token_is_read_before_each_request(admin: Administrator, mounts: Path) -> None:
    """The kubelet renews it in place long before it ends: no request waits for a refusal to find out."""
    kubeconfig = mounts / "credentials" / "kubeconfig"
    token = kubeconfig.with_name("federated-token")
    admin.write_federated_kubeconfig(kubeconfig)
    token.write_text(admin.token())
    api = Api(kubeconfig, mounts)
    assert api.get(admin.core("pods"))["kind"] == "PodList"

    token.write_text("not-a-token-that-anybody-has-signed")
    with pytest.raises(CredentialRefused):
        api.get(admin.core("pods"))
    with pytest.raises(CredentialRefused):
        api.stream(admin.core("pods"), {}, 10)

    token.write_text(admin.token())
    assert api.get(admin.core("pods"))["kind"] == "PodList"
    with api.stream(admin.core("pods"), {}, 10) as stream:
        assert b"PodList" in stream.read_line()


@pytest.mark.parametrize("answer", ["a refusal", "no answer at all"])
def test_token_that_was_sent_is_left_out_once_another_is_in_use(
    admin: Administrator, mounts: Path, gateway: Gateway, answer: str
) -> None:
    """R28: a log's thread has taken up the renewed one before the request with the old one is answered."""
    kubeconfig = mounts / "credentials" / "kubeconfig"
    token = kubeconfig.with_name("federated-token")
    admin.write_federated_kubeconfig(kubeconfig, gateway.port)
    sent = admin.token()
    token.write_text(sent)
    api = Api(kubeconfig, mounts)

    def renewed_meanwhile(passage: Passage) -> None:
        token.write_text(admin.token())
        with api.stream(admin.core("pods"), {}, 10) as stream:
            assert stream.read_line()
        told = passage.handler.headers.get("authorization", "")
        if answer == "a refusal":
            escaped = "".join(f"\\u{ord(each):04x}" for each in told)
            body = f'{{"kind": "Status", "reason": "{escaped}", "message": "got {escaped}", "code": 400}}'
            passage.answer(400, body.encode())
        else:
            passage.handler.wfile.write(f"{told}\r\n\r\n".encode())
            passage.handler.close_connection = True

    met = gateway.on("GET", "/configmaps", renewed_meanwhile)
    with pytest.raises((ApiRefused, ApiUnknown)) as error:
        api.get(admin.core("configmaps"))

    assert met() == 1
    assert sent != token.read_text()
    assert sent not in str(error.value)
    assert "<token>" in str(error.value)


def test_pods_of_a_job_are_found_in_old_clusters(admin: Administrator, kubelet: Kubelet, mounts: Path) -> None:
    """R22: before Kubernetes 1.27 the Job's controller sets the short label alone."""
    kubelet.start_ready_pod("nl-var-es-x", {"job-name": "nl-var-es"})
    cluster = Cluster(Api(mounts / "credentials" / "kubeconfig", mounts), admin.namespace)
    assert [text_at(pod, "metadata", "name") for pod in cluster.pods_of_job("nl-var-es")] == ["nl-var-es-x"]


def test_long_list_is_read_in_pages(
    admin: Administrator, kubelet: Kubelet, mounts: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of pods are more than one answer may be; each comes once."""
    monkeypatch.setattr(pages, "PAGE", 2)
    names = {f"pricing-{number}" for number in range(5)}
    for name in names:
        kubelet.start_ready_pod(name, {"app": "pricing"})
    cluster = Cluster(Api(mounts / "credentials" / "kubeconfig", mounts), admin.namespace)
    found = cluster.pods("app=pricing")

    assert sorted(text_at(pod, "metadata", "name") for pod in found) == sorted(names)
    assert sum("continue=" in path for _, path in gateway.requests) == 2
    assert all("managedFields" not in object_at(pod, "metadata") for pod in found)


def test_list_that_was_not_read_in_time_is_unknown(
    admin: Administrator, kubelet: Kubelet, mounts: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has forgotten what the list was when it began; that shows nothing about what is on it."""
    monkeypatch.setattr(pages, "PAGE", 1)
    for name in ("pricing-0", "pricing-1"):
        kubelet.start_ready_pod(name, {"app": "pricing"})
    gateway.on("GET", "continue=", lambda passage: passage.refuse(410, "Expired", "the token is too old"))
    cluster = Cluster(Api(mounts / "credentials" / "kubeconfig", mounts), admin.namespace)

    with pytest.raises(ApiUnknown, match="was not read in time: the token is too old") as error:
        cluster.pods("app=pricing")
    assert not isinstance(error.value, NotPermitted)


@pytest.mark.parametrize("size", [10, 3 * 1024**2], ids=["pages without end", "bytes without end"])
def test_list_that_never_ends_is_unknown(admin: Administrator, mounts: Path, gateway: Gateway, size: int) -> None:
    """However small its pages are, and long before all of them together are too much."""
    page = {"kind": "PodList", "metadata": {"continue": "on"}, "items": [{"metadata": {"name": "a" * size}}]}
    met = gateway.on("GET", "/pods", lambda passage: passage.answer(200, json.dumps(page).encode()))
    cluster = Cluster(Api(mounts / "credentials" / "kubeconfig", mounts), admin.namespace)

    with pytest.raises(ApiUnknown, match="goes on after"):
        cluster.pods("app=pricing")
    assert met() == (pages.MOST_PAGES if size == 10 else 4)


def test_date_without_a_zone_is_no_time(admin: Administrator, mounts: Path, gateway: Gateway) -> None:
    """It cannot be compared with a Job's times; the last one that can counts on."""

    def dated(passage: Passage) -> None:
        passage.handler.send_response_only(200)
        passage.handler.send_header("Date", "Tue, 31 Mar 2026 20:30:00 -0000")
        passage.handler.send_header("Content-Length", "39")
        passage.handler.end_headers()
        passage.handler.wfile.write(b'{"apiVersion": "v1", "kind": "PodList"}')

    api = Api(mounts / "credentials" / "kubeconfig", mounts)
    api.get(admin.core("pods"))
    gateway.on("GET", "/pods", dated)
    api.get(admin.core("pods"))

    now = api.server_now()
    assert now is not None
    assert now.tzinfo is not None


@pytest.mark.parametrize(("status", "body"), [(503, b"maintenance"), (200, b'{"status": "maintenance"}')])
def test_time_of_what_answers_in_the_servers_place_is_none(
    admin: Administrator, mounts: Path, gateway: Gateway, status: int, body: bytes
) -> None:
    """R5: a balancer whose clock is ahead makes a young Job old, and a deadline would delete it."""

    def ahead(passage: Passage) -> None:
        passage.handler.send_response_only(status)
        passage.handler.send_header("Date", "Tue, 31 Mar 2099 20:30:00 GMT")
        passage.handler.send_header("Content-Length", str(len(body)))
        passage.handler.end_headers()
        passage.handler.wfile.write(body)

    api = Api(mounts / "credentials" / "kubeconfig", mounts)
    api.get(admin.core("pods"))
    gateway.on("GET", "/pods", ahead)
    with contextlib.suppress(ApiUnknown):
        api.get(admin.core("pods"))

    now = api.server_now()
    assert now is not None
    assert now.year < 2099


def test_new_authority_is_read_from_the_mounted_kubeconfig(
    admin: Administrator, mounts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R16: rotated in place, as a token is; a connection that TLS refuses is enough to look."""
    monkeypatch.setattr(client, "IDLE_SECONDS", 0.0)  # no connection is used again
    first, second = (tmp_path / name for name in ("first", "second"))
    gateways = []
    for folder in (first, second):
        folder.mkdir()
        authority = issued(folder, "authority", None, "basicConstraints=critical,CA:TRUE")
        server = issued(folder, "server", authority, "subjectAltName=IP:127.0.0.1")
        gateways.append((Gateway(folder, admin.kubeconfig, server), authority[0].read_text()))
    kubeconfig = mounts / "credentials" / "kubeconfig"
    admin.write_kubeconfig(kubeconfig, gateways[0][0].port, gateways[0][1])
    api = Api(kubeconfig, tmp_path)
    assert api.get(admin.core("pods"))["kind"] == "PodList"

    # The server has a certificate of the new authority, and the file knows it a moment later.
    gateways[0][0].close()
    admin.write_kubeconfig(kubeconfig, gateways[1][0].port, gateways[0][1])
    with pytest.raises(ApiUnknown):
        api.get(admin.core("pods"))
    with pytest.raises(CertificateRefused):
        api.get(admin.core("pods"))
    admin.write_kubeconfig(kubeconfig, gateways[1][0].port, gateways[1][1])
    with pytest.raises(CertificateRefused):
        api.get(admin.core("pods"))

    assert api.get(admin.core("pods"))["kind"] == "PodList"


def test_new_server_name_is_read_from_the_mounted_kubeconfig(
    admin: Administrator, mounts: Path, tmp_path: Path
) -> None:
    """R16: the server's certificate is of another name, which the file knows a moment later."""
    authority = issued(tmp_path, "authority", None, "basicConstraints=critical,CA:TRUE")
    server = issued(tmp_path, "server", authority, "subjectAltName=DNS:localhost")
    gateway = Gateway(tmp_path, admin.kubeconfig, server)
    kubeconfig = mounts / "credentials" / "kubeconfig"
    admin.write_kubeconfig(kubeconfig, gateway.port, authority[0].read_text())
    api = Api(kubeconfig, tmp_path)
    with pytest.raises(CertificateRefused):
        api.get(admin.core("pods"))

    _change(kubeconfig, "clusters", {"server": f"https://localhost:{gateway.port}"})
    with pytest.raises(CertificateRefused):
        api.get(admin.core("pods"))

    assert api.get(admin.core("pods"))["kind"] == "PodList"


def test_client_certificate_that_was_renewed_is_read_from_the_mounted_kubeconfig(
    admin: Administrator, mounts: Path, tmp_path: Path
) -> None:
    """R16: the server refuses one that has expired, in TLS and without an answer."""
    authority = issued(tmp_path, "authority", None, "basicConstraints=critical,CA:TRUE")
    server = issued(tmp_path, "server", authority, "subjectAltName=IP:127.0.0.1")
    gateway = Gateway(tmp_path, admin.kubeconfig, server, clients=authority[0])
    kubeconfig = mounts / "credentials" / "kubeconfig"
    admin.write_kubeconfig(kubeconfig, gateway.port, authority[0].read_text())
    _change(kubeconfig, "users", _pair(expired(tmp_path, "old", authority)), without="token")
    api = Api(kubeconfig, tmp_path)
    with pytest.raises(ApiUnknown):
        api.get(admin.core("pods"))

    new = issued(tmp_path, "new", authority, "extendedKeyUsage=clientAuth")
    _change(kubeconfig, "users", _pair(new), without="token")
    with pytest.raises(ApiUnknown):
        api.get(admin.core("pods"))

    assert api.get(admin.core("pods"))["kind"] == "PodList"


def _pair(certificate: tuple[Path, Path]) -> dict[str, str]:
    encoded = [base64.b64encode(file.read_bytes()).decode() for file in certificate]
    return {"client-certificate-data": encoded[0], "client-key-data": encoded[1]}


def _change(kubeconfig: Path, section: str, changes: dict[str, str], without: str = "") -> None:
    """Renew a kubeconfig in place."""
    tree = json.loads(kubeconfig.read_text())
    entry = tree[section][0][section.removesuffix("s")]
    entry.pop(without, None)
    entry.update(changes)
    kubeconfig.write_text(json.dumps(tree))


def test_answers_that_close_their_connection_are_read_to_the_end(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer, gateway: Gateway
) -> None:
    """R29: a watch and a log through a gateway that answers like HTTP/1.0."""

    def closing(passage: Passage) -> None:
        passage.handler.close_connection = True
        passage.forward_closing()

    gateway.on("GET", "watch=true", closing)
    gateway.on("GET", "/log", closing)
    driver_log.write("2026-03-31T20:30:01Z", "pricing")
    running, surroundings, pod = logged_step.start()

    surroundings.wait_for_line("driver | pricing")
    driver_log.finish()
    kubelet.succeed(pod)
    assert running.ended() is None
