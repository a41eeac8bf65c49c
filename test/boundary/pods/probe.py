"""What a pod of the live proof does: it listens, or it makes the tries of its order and prints one JSON line for each."""

import fcntl
import hashlib
import http.client
import json
import os
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from types import FrameType
from typing import TypedDict


class Probe(TypedDict):
    """One try. `refused` says that it is meant to fail, so it is repeated until the network policies have arrived."""

    name: str
    kind: str
    target: str
    refused: bool


SETTLE_SECONDS = 30.0
CONNECT_SECONDS = 2.0
PRINTING = threading.Lock()


def tcp(target: str) -> str:
    """Connects and closes again."""
    host, port = target.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS):
        return "connected"


def udp(target: str) -> str:
    """Sends a datagram and waits for one in return."""
    host, port = target.rsplit(":", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(CONNECT_SECONDS)
        client.connect((host, int(port)))
        client.send(b"probe")
        return f"{len(client.recv(64))} bytes came back"


def https(target: str) -> str:
    """Asks an API server without any credential; anything but a success counts as refused."""
    address, path = target.split("/", 1)
    host, port = address.rsplit(":", 1)
    context = ssl.create_default_context()
    # What is asked for is whether the server gives anything away, not whether it is the right one.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(host, int(port), timeout=CONNECT_SECONDS, context=context)
    try:
        connection.request("GET", "/" + path)
        answer = connection.getresponse()
        if answer.status >= 300:
            raise PermissionError(f"HTTP {answer.status}")
        return f"HTTP {answer.status}"
    finally:
        connection.close()


def read(target: str) -> str:
    """Reads a file; never prints what is in it."""
    with open(target, "rb") as file:
        return f"read {len(file.read())} bytes"


def digest(target: str) -> str:
    """Fingerprints a file, to compare what is in it without showing it."""
    with open(target, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def write(target: str) -> str:
    """Writes a file."""
    with open(target, "w") as file:
        file.write("probe")
    os.unlink(target)
    return "written"


def status(target: str) -> str:
    """Fails if a field of the process's status is zero: `CapEff`, for instance."""
    with open("/proc/self/status") as file:
        values = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    if int(values[target], 16) == 0:
        raise PermissionError(f"{target} is {values[target]}")
    return f"{target} is {values[target]}"


def become_root(_: str) -> str:
    """Takes the identity of root."""
    os.setuid(0)
    return "became root"


KINDS = {
    "tcp": tcp,
    "udp": udp,
    "https": https,
    "read": read,
    "digest": digest,
    "write": write,
    "status": status,
    "become-root": become_root,
}


def attempt(probe: Probe) -> None:
    """Makes one try, again and again while one that is meant to fail still succeeds, or the other way round."""
    start = time.monotonic()
    while True:
        try:
            seen, refused = KINDS[probe["kind"]](probe["target"]), False
        except (OSError, http.client.HTTPException) as error:
            seen, refused = f"{type(error).__name__}: {error}", True
        elapsed = time.monotonic() - start
        if refused == probe["refused"] or elapsed > SETTLE_SECONDS:
            break
        time.sleep(0.2)
    result = {"name": probe["name"], "refused": refused, "seen": seen, "seconds": round(elapsed, 1)}
    with PRINTING:
        print(json.dumps(result), flush=True)


def listen(address: str) -> None:
    """Accepts connections and sends datagrams back until the pod is ended."""
    host, port = address.rsplit(":", 1)
    server = socket.create_server((host, int(port)))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((host, int(port)))

    def send_back() -> None:
        while True:
            content, sender = datagrams.recvfrom(64)
            datagrams.sendto(content, sender)

    threading.Thread(target=send_back, daemon=True).start()
    print("listening", flush=True)
    while True:
        server.accept()[0].close()


def address_on_loopback(address: str) -> None:
    """Gives the machine an address of its own on loopback, and takes it away again when the pod is ended."""

    def assign(value: str) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            content = struct.pack("16sH2s4s8s", b"lo:nl", socket.AF_INET, b"\0\0", socket.inet_aton(value), b"\0" * 8)
            fcntl.ioctl(control, 0x8916, content)  # SIOCSIFADDR

    def end(_signal: int, _frame: FrameType | None) -> None:
        assign("0.0.0.0")
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    assign(address)


def main() -> None:
    """Reads what to do from the one argument."""
    order = json.loads(sys.argv[1])
    if "assign" in order:
        address_on_loopback(order["assign"])
    if "listen" in order:
        listen(order["listen"])
    # At once: those that settle only when a policy arrives must not wait for each other.
    threads = [threading.Thread(target=attempt, args=(probe,)) for probe in order["probes"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("done", flush=True)


main()
