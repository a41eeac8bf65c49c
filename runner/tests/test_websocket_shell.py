"""Exec over a WebSocket, with a server that uses Kubernetes' protocol and real shells behind it."""

import contextlib
import hashlib
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, Ping

from nightlane_runner.container import heartbeat, websocket_shell
from nightlane_runner.container.pod_shell import KubectlShell, PodContainer
from nightlane_runner.container.remote_process import RemoteProcess
from nightlane_runner.container.shell_session import TransportFailed, is_refusal
from nightlane_runner.container.websocket_shell import WebSocketShell
from nightlane_runner.container.work import ContainerWork
from nightlane_runner.lane.places import Places
from tests.support.eventually import eventually
from tests.support.exec_server import TOKEN, ExecServer, Session
from tests.support.local_shell import LocalShell

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
"""A stream's thread that dies is a defect, though its pipes are closed."""

TARGET = PodContainer("pricing-0", "main")

ESCAPED_TOKEN = "".join(f"\\u{ord(each):04x}" for each in TOKEN)

UPGRADE_LOST = b'{"kind": "Status", "reason": "BadRequest", "message": "Upgrade request required"}'
"""What an API server answers behind a gateway that leaves out what it does not know."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ExecServer]:
    """An API server's exec, to which the mounted kubeconfig leads."""
    server = ExecServer(tmp_path)
    server.write_kubeconfig(tmp_path / "mounts" / "credentials" / "kubeconfig")
    (tmp_path / "mounts" / "tmp").mkdir()
    yield server
    server.close()


@pytest.fixture
def other(tmp_path: Path) -> LocalShell:
    """What is used if WebSockets are not supported."""
    return LocalShell(tmp_path)


@pytest.fixture
def shell(server: ExecServer, other: LocalShell, tmp_path: Path) -> WebSocketShell:
    """The way in that is tested."""
    assert server.port
    return WebSocketShell(Places(tmp_path / "mounts"), "risk", other)


def _said(process: RemoteProcess) -> tuple[bytes, bytes, int]:
    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[bytes] = []
    stderr = process.stderr
    reader = threading.Thread(target=lambda: errors.append(stderr.read()))
    reader.start()
    output = process.stdout.read()
    reader.join()
    return output, errors[0], process.wait()


def _ended_with(code: str) -> bytes:
    causes = [{"reason": "ExitCode", "message": code}]
    return json.dumps({"status": "Failure", "details": {"causes": causes}}).encode()


def test_streams_and_code_are_the_commands(shell: WebSocketShell, server: ExecServer) -> None:
    """Each by itself, and the parameters as they were given."""
    process = shell.start(TARGET, 'printf "%s|" "$@"; echo oh >&2; exit 7', ["a b", "&c=d", "ü"])
    assert _said(process) == ("a b|&c=d|ü|".encode(), b"oh\n", 7)
    (request,) = server.requests
    assert request.startswith("/api/v1/namespaces/risk/pods/pricing-0/exec?container=main&stdin=true")


def test_end_of_input_is_told(shell: WebSocketShell) -> None:
    """A script that reads to the end of its input would never end."""
    process = shell.start(TARGET, "cat; echo end", [])
    assert process.stdin is not None
    process.stdin.write(b"in\n")
    process.stdin.close()
    assert _said(process) == (b"in\nend\n", b"", 0)


def test_much_travels_both_ways_at_once(shell: WebSocketShell) -> None:
    """What comes back is not waited for until all is sent; nobody reads and writes in turns here."""
    sent = os.urandom(16 * 1024 * 1024)
    process = shell.start(TARGET, "cat", [])

    def send() -> None:
        assert process.stdin is not None
        left = memoryview(sent)
        while left:
            left = left[process.stdin.write(left[:65536]) :]
        process.stdin.close()

    sender = threading.Thread(target=send)
    sender.start()
    output, errors, code = _said(process)
    sender.join()
    assert (hashlib.sha256(output).digest(), errors, code) == (hashlib.sha256(sent).digest(), b"", 0)


def test_refusal_is_said_as_the_api_server_says_it(shell: WebSocketShell, server: ExecServer) -> None:
    """By role, by policy, or since the pod is gone; what is done about it depends on the words."""
    message = "pods \"pricing-0\" is forbidden: ValidatingAdmissionPolicy 'no-exec' denied request: no exec here"
    status = {"kind": "Status", "status": "Failure", "reason": "Forbidden", "message": message}
    server.refusal = (403, json.dumps(status).encode())
    output, errors, code = _said(shell.start(TARGET, "true", []))
    assert (output, code) == (b"", 1)
    assert errors.decode() == f"error: {message} (403 Forbidden)\n"
    assert is_refusal(TransportFailed(errors.decode()))


def test_token_is_never_said(shell: WebSocketShell, server: ExecServer) -> None:
    """A gateway may quote what it was sent."""
    status = {"kind": "Status", "reason": "Invalid", "message": f"no: Bearer {TOKEN}"}
    server.refusal = (400, json.dumps(status).encode())
    _, errors, _ = _said(shell.start(TARGET, "true", []))
    assert errors == b"error: no: Bearer <token> (400 Invalid)\n"


def test_token_that_is_written_with_escapes_is_never_said(shell: WebSocketShell, server: ExecServer) -> None:
    """JSON lets any character be written by its number, half a pair of them included."""
    status = f'{{"kind": "Status", "reason": "{ESCAPED_TOKEN}", "message": "no\\ud800: Bearer {ESCAPED_TOKEN}"}}'
    server.refusal = (400, status.encode())
    _, errors, _ = _said(shell.start(TARGET, "true", []))
    assert errors == b"error: no?: Bearer <token> (400 <token>)\n"


def test_token_is_never_said_by_kubectl(server: ExecServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway's page that quotes the request: this way is not spoken, and kubectl prints what it is answered."""
    page = f"<html>no: Authorization: Bearer {TOKEN}</html>"
    server.refusal = (403, page.encode())
    kubectl = tmp_path / "bin" / "kubectl"
    kubectl.parent.mkdir()
    kubectl.write_text(f"#!/bin/sh\necho 'error: unable to upgrade connection: {page}' >&2\nexit 1\n")
    kubectl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{kubectl.parent}{os.pathsep}{os.environ['PATH']}")
    places = Places(tmp_path / "mounts")
    work = ContainerWork(
        WebSocketShell(places, "risk", KubectlShell(places, "risk")), TARGET, lambda: None, time.monotonic() + 60
    )
    relayed: list[str] = []
    with work.session("true", (), relayed.append) as session, pytest.raises(TransportFailed) as failure:
        session.wait_until_begun()
    said = "error: unable to upgrade connection: <html>no: Authorization: Bearer <token></html>"
    assert (str(failure.value), relayed) == (said, [said])


def test_token_is_never_said_in_the_last_word(shell: WebSocketShell, server: ExecServer) -> None:
    """Nor once the handshake is done, with escapes or without."""
    server.instead = lambda session: session.end(
        f'{{"kind": "Status", "status": "Failure", "message": "no: Bearer {TOKEN} {ESCAPED_TOKEN}"}}'.encode()
    )
    _, errors, code = _said(shell.start(TARGET, "true", []))
    assert (errors, code) == (b"error: no: Bearer <token> <token>\n", 1)


@pytest.mark.parametrize(
    "answer", [(400, b"bad request"), (403, b"<html>no</html>"), (501, b""), (400, UPGRADE_LOST), None]
)
def test_other_way_is_taken_where_this_one_is_not_spoken(
    shell: WebSocketShell, server: ExecServer, other: LocalShell, answer: tuple[int, bytes] | None
) -> None:
    """A server before Kubernetes 1.30, and a gateway that carries no WebSockets; it is asked once."""
    server.refusal = answer
    if answer is None:
        server.subprotocol = ""
    for _ in range(2):
        assert _said(shell.start(TARGET, "echo other", [])) == (b"other\n", b"", 0)
    assert other.started == [TARGET, TARGET]
    assert len(server.requests) == 1


def test_server_that_is_away_is_an_error_of_the_script(shell: WebSocketShell, server: ExecServer) -> None:
    """As kubectl says it: on standard error, with a code."""
    server.close()
    output, errors, code = _said(shell.start(TARGET, "true", []))
    assert (output, code) == (b"", 1)
    assert b"refused" in errors


def test_connection_that_is_cut_is_no_success(shell: WebSocketShell, server: ExecServer) -> None:
    """What came before it was handed over; the code is not the command's."""
    server.cut_after = 100_000
    _, _, code = _said(shell.start(TARGET, "head -c 1000000 /dev/zero", []))
    assert code == 1


def test_last_words_are_heard_though_what_is_sent_comes_to_nothing(shell: WebSocketShell, server: ExecServer) -> None:
    """R12: a script that ends early, and a server that then reads nothing more and cuts."""

    def refuse(session: Session) -> None:
        session.connection.recv(65536)
        session.send(BytesMessage(b"\x02mkdir: cannot create directory\n"))
        session.end(_ended_with("73"))
        # What it has not read is answered with a reset.
        session.connection.close()

    server.instead = refuse
    process = shell.start(TARGET, "true", [])
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        while True:
            process.stdin.write(b"x" * 65536)

    _, errors, code = _said(process)
    assert b"mkdir: cannot create directory" in errors
    assert code == 73, errors


def test_killed_one_ends_though_nobody_reads(shell: WebSocketShell) -> None:
    """As a process would; its pipes are full."""
    process = shell.start(TARGET, "cat /dev/zero", [])
    assert process.stdout is not None
    assert process.stdout.read(1) == b"\0"
    assert process.poll() is None
    process.kill()
    assert process.wait() == 1


MOST_HELD = 1024 * 1024
"""Bytes that a stream may hold at any time, with all that Python keeps beside them."""


def _held_by(work: Callable[[], None]) -> int:
    """Return the most bytes that were held at once during `work`, beyond those held before."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        work()
        _, most = tracemalloc.get_traced_memory()
        return most - before
    finally:
        tracemalloc.stop()


def test_server_that_is_as_fast_as_its_reader_fills_no_memory(shell: WebSocketShell, server: ExecServer) -> None:
    """What came is handed over before more is taken, though more has always come already."""
    blob = Connection(ConnectionType.SERVER).send(BytesMessage(b"\x01" + bytes(32 * 1024))) * 32
    times = 64

    def flood(session: Session) -> None:
        for _ in range(times):
            session.connection.sendall(blob)
        session.end(b'{"status": "Success"}')

    server.instead = flood
    read = 0

    def run() -> None:
        nonlocal read
        process = shell.start(TARGET, "cat /results/figures", [])
        assert process.stdout is not None
        while data := process.stdout.read(65536):
            read += len(data)
        assert process.wait() == 0

    held = _held_by(run)
    assert read == times * 32 * 32 * 1024
    assert held < MOST_HELD


def test_server_waits_while_nobody_reads(shell: WebSocketShell, server: ExecServer) -> None:
    """What is full here fills the connection, and then its sender waits."""
    blob = Connection(ConnectionType.SERVER).send(BytesMessage(b"\x01" + bytes(32 * 1024))) * 32
    done: list[str] = []

    def flood(session: Session) -> None:
        session.connection.settimeout(1.0)
        try:
            for _ in range(64):
                session.connection.sendall(blob)
            done.append("all was taken")
        except TimeoutError:
            done.append("waits")

    server.instead = flood

    def run() -> None:
        process = shell.start(TARGET, "cat /results/figures", [])
        eventually(lambda: bool(done), "the end of the flood")
        process.kill()
        process.wait()

    held = _held_by(run)
    assert done == ["waits"]
    assert held < MOST_HELD


def test_pings_without_end_fill_no_memory_and_hold_nobody(shell: WebSocketShell, server: ExecServer) -> None:
    """Their sender reads no answer; the reason for the end of the stream is seen all the same."""
    blob = Connection(ConnectionType.SERVER).send(Ping(payload=bytes(125))) * 1024
    flooded = threading.Event()

    def flood(session: Session) -> None:
        # Else the kernel holds megabytes of answers.
        session.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        sent = 0
        while True:
            session.connection.sendall(blob)
            sent += len(blob)
            if sent > 12 * MOST_HELD:
                flooded.set()

    server.instead = flood

    def run() -> None:
        process = shell.start(TARGET, "cat", [])
        eventually(flooded.is_set, "the flood", 300.0)
        process.kill()
        eventually(lambda: process.poll() is not None, "the end of what was killed")

    held = _held_by(run)
    assert held < MOST_HELD


def test_quiet_command_is_pinged(shell: WebSocketShell, server: ExecServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though its input has ended: whatever is on the way cuts a connection that carries nothing."""
    monkeypatch.setattr(heartbeat, "PING_SECONDS", 0.05)
    process = shell.start(TARGET, "cat; exec sleep 600", [])
    assert process.stdin is not None
    process.stdin.close()
    eventually(lambda: server.pings >= 3, "three pings")
    assert process.poll() is None
    process.kill()
    assert process.wait() == 1


def test_gateway_with_nothing_behind_it_is_noticed(
    shell: WebSocketShell, server: ExecServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds its side open and takes what is sent."""
    monkeypatch.setattr(heartbeat, "PING_SECONDS", 0.05)
    monkeypatch.setattr(heartbeat, "SILENT_SECONDS", 0.5)
    server.instead = Session.count_pings
    process = shell.start(TARGET, "cat", [])
    eventually(lambda: process.poll() is not None, "the end")
    _, errors, code = _said(process)
    assert (code, errors) == (
        1,
        b"error: the connection broke: nothing has come for 0 s, not even the answer to a ping\n",
    )
    assert server.pings > 0


def test_silence_is_not_the_servers_while_nobody_reads(
    shell: WebSocketShell, server: ExecServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answers are behind what it has sent before, and what is full here takes neither."""
    monkeypatch.setattr(heartbeat, "PING_SECONDS", 0.05)
    monkeypatch.setattr(heartbeat, "SILENT_SECONDS", 0.2)
    piece = b"\x01" + bytes(32 * 1024)

    def fill(session: Session) -> None:
        for _ in range(16):
            session.send(BytesMessage(piece))
        session.count_pings()

    server.instead = fill
    process = shell.start(TARGET, "cat", [])
    eventually(lambda: server.pings >= 4, "pings for longer than that")
    assert process.poll() is None
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(_ended_with("9" * 5000), id="digits"),
        pytest.param(_ended_with("\u0663"), id="digits-of-another-script"),
        pytest.param(b"[" * 60_000, id="nested"),
        pytest.param(b" " * 1024 * 1024, id="long"),
        pytest.param(b"\xff", id="no-text"),
        pytest.param(b"3", id="no-object"),
    ],
)
def test_last_word_that_cannot_be_understood_is_an_end(
    shell: WebSocketShell, server: ExecServer, status: bytes
) -> None:
    """Of all streams, and no success."""
    server.instead = lambda session: session.end(status)
    process = shell.start(TARGET, "true", [])
    eventually(lambda: process.poll() is not None, "the end")
    output, _, code = _said(process)
    assert (output, code) == (b"", 1)


def test_last_word_without_an_end_is_not_heard_out(shell: WebSocketShell, server: ExecServer) -> None:
    """It is held until it is whole, so it has a size."""

    def talk(session: Session) -> None:
        for _ in range(256):
            session.send(BytesMessage(b"\x03" + b" " * 1024))
        session.count_pings()

    server.instead = talk
    process = shell.start(TARGET, "true", [])
    eventually(lambda: process.poll() is not None, "the end")
    _, errors, code = _said(process)
    assert code == 1
    assert b"last word is longer than 65536 bytes" in errors


def test_answer_that_trickles_in_is_not_waited_for(
    shell: WebSocketShell, server: ExecServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte is in time, and all of them never are."""
    monkeypatch.setattr(websocket_shell, "_START_SECONDS", 0.5)
    gone = threading.Event()

    def trickle(connection: ssl.SSLSocket) -> None:
        for byte in b"HTTP/1.1 101 Switching Protocols\r\nX-Wait: " + b"x" * 200:
            connection.sendall(bytes((byte,)))
            gone.wait(0.05)

    server.answer = trickle
    _, errors, code = _said(shell.start(TARGET, "true", []))
    gone.set()
    assert code == 1
    assert b"did not answer within" in errors or b"timed out" in errors


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_answer_that_may_be_gone_in_a_moment_is_not_the_last(
    shell: WebSocketShell, server: ExecServer, other: LocalShell, status: int
) -> None:
    """A balancer's own page shows nothing about what is behind it."""
    server.refusal = (status, b"<html>a moment</html>")
    _, errors, code = _said(shell.start(TARGET, "true", []))
    assert code == 1
    assert str(status).encode() in errors
    server.refusal = None
    assert _said(shell.start(TARGET, "echo here", [])) == (b"here\n", b"", 0)
    assert other.started == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, 'pods "upgrade-engine-0" not found'),
        (400, "container main is not valid for pod upgrade-engine-0"),
    ],
)
def test_name_in_a_refusal_is_not_taken_for_its_reason(
    shell: WebSocketShell, server: ExecServer, other: LocalShell, status: int, message: str
) -> None:
    """Customers call pods what they like."""
    server.refusal = (status, json.dumps({"kind": "Status", "reason": "It", "message": message}).encode())
    _, errors, _ = _said(shell.start(TARGET, "true", []))
    assert errors.decode() == f"error: {message} ({status} It)\n"
    assert other.started == []


def test_answer_that_ends_with_its_connection_is_one(
    shell: WebSocketShell, server: ExecServer, other: LocalShell
) -> None:
    """A gateway may use HTTP/1.0."""
    server.answer = lambda connection: connection.sendall(b"HTTP/1.0 501 Not Implemented\r\n\r\nno such thing")
    assert _said(shell.start(TARGET, "echo other", [])) == (b"other\n", b"", 0)
    assert other.started == [TARGET]


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff"])
def test_answer_that_cannot_be_read_is_an_error_of_the_script(
    shell: WebSocketShell, server: ExecServer, body: bytes
) -> None:
    """Whatever it holds."""
    server.refusal = (500, body)
    _, errors, code = _said(shell.start(TARGET, "true", []))
    assert code == 1
    assert b"answered 500" in errors


def test_header_that_is_no_text_is_an_error_of_the_script(shell: WebSocketShell, server: ExecServer) -> None:
    """HTTP lets any byte through."""
    lines = b"HTTP/1.1 101 Switching Protocols", b"Sec-WebSocket-Protocol: \xff", b"", b""
    server.answer = lambda connection: connection.sendall(b"\r\n".join(lines))
    _, errors, code = _said(shell.start(TARGET, "true", []))
    assert code == 1
    assert errors


def test_runner_of_a_command_stays_small(server: ExecServer, tmp_path: Path) -> None:
    """R37: all that is resident while a command runs, where kubectl alone took 50 MiB."""
    program = """
import sys
from pathlib import Path
import nightlane_runner.main
from nightlane_runner.container.pod_shell import KubectlShell, PodContainer
from nightlane_runner.container.shell_session import TransportFailed, is_refusal
from nightlane_runner.container.websocket_shell import WebSocketShell
from nightlane_runner.lane.places import Places

places = Places(Path(sys.argv[1]))
shell = WebSocketShell(places, "risk", KubectlShell(places, "risk"))
process = shell.start(PodContainer("pricing-0", "main"), "cat", ())
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")))
process.kill()
"""
    command = [sys.executable, "-c", program, str(tmp_path / "mounts")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert len(server.requests) == 1
    assert int(said.split()[1]) < 40 * 1024, said


@pytest.mark.parametrize("direction", ["in", "out"])
def test_runner_of_a_copy_stays_small(server: ExecServer, tmp_path: Path, direction: str) -> None:
    """R37: however large the file: the most that was ever resident."""
    program = """
import sys
import time
from pathlib import Path, PurePosixPath
import nightlane_runner.main
from nightlane_runner.container.pod_shell import KubectlShell, PodContainer
from nightlane_runner.container.transfer import fetch_path, send_path
from nightlane_runner.container.websocket_shell import WebSocketShell
from nightlane_runner.container.work import ContainerWork
from nightlane_runner.lane.places import Places

folder, direction = Path(sys.argv[1]), sys.argv[2]
places = Places(folder / "mounts")
shell = WebSocketShell(places, "risk", KubectlShell(places, "risk"))
work = ContainerWork(shell, PodContainer("pricing-0", "main"), lambda: None, time.monotonic() + 900)
if direction == "in":
    send_path(work, folder / "large", PurePosixPath(folder / "there" / "large"), "me", lambda: None)
else:
    fetch_path(work, PurePosixPath(folder / "large"), folder / "there")
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""
    with (tmp_path / "large").open("wb") as large:
        large.truncate(300_000_000)
    (tmp_path / "there").mkdir()
    command = [sys.executable, "-c", program, str(tmp_path), direction]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert server.requests
    assert (tmp_path / "there" / "large").stat().st_size == 300_000_000
    assert int(said.split()[1]) < 40 * 1024, said
