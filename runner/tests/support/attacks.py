"""What a hostile API server can answer, each by a name that says what it is."""

import gzip
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.hostile_server import Attack, send, send_json

MEGABYTE = b"A" * 1_000_000

STEERING = (
    "\x1b]52;c;ZXZpbA==\x07\x1b[2K\rrunner: results: 12 files, verified"
    "\x1b]8;;https://evil.example\x07 \u202e\u2028\x9b31m"
)
"""What a terminal would obey: the clipboard, a forged line, a link, the direction of writing."""

NAMES = {
    "that is a flag": "--kubeconfig=/x",
    "that is a flag of another kind": "--profile=cpu",
    "that is a flag for a file of its own": "--kuberc=/results/kuberc",
    "that leads out of its folder": "../../../tmp/outputs/results",
    "that steers a terminal": STEERING,
    "with a line end": "a\nnightlane skip other-customer var-es",
    "of a megabyte": "a" * 1_000_000,
    "that is empty": "",
    "with a null byte": "a\0b",
    "that is an expression": "{{=1+1}}",
}
"""Names of objects that no real API server would let be."""


def _endless(first: bytes, again: bytes) -> Attack:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(first), first))
        while True:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(again), again))

    return answer


def _endless_header(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
    while True:
        handler.wfile.write(MEGABYTE)


def _endless_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"x: y\r\n" * 1000)


def _silent(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n{")
    handler.rfile.read(1)


def _status(status: int) -> Attack:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        tree = {"kind": "Status", "reason": STEERING, "message": STEERING * 20, "code": status}
        send_json(handler, tree, status)

    return answer


def _text(body: bytes, status: int = 200, **headers: str) -> Attack:
    return lambda handler: send(handler, body, status, **headers)


def _pod(name: str) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "uid": name,
            "resourceVersion": name,
            "creationTimestamp": "2026-03-31T20:30:00Z",
            "labels": {"job-name": name, "batch.kubernetes.io/job-name": name},
        },
        "spec": {"nodeName": name, "containers": [{"name": name}]},
        "status": {
            "phase": "Running",
            "message": STEERING,
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [
                {"name": name, "state": {"terminated": {"exitCode": 1, "reason": STEERING, "message": STEERING}}}
            ],
        },
    }


def _job(name: str) -> dict[str, Any]:
    failed = {"type": "Failed", "status": "True", "reason": STEERING, "message": STEERING, "lastTransitionTime": name}
    tree = _pod(name)
    return {**tree, "kind": "Job", "spec": {}, "status": {"conditions": [failed], "failed": 1, "startTime": name}}


_KINDS = {"pods": "Pod", "jobs": "Job", "events": "Event", "leases": "Lease"}


def _listed(handler: BaseHTTPRequestHandler) -> str:
    """Return what a request lists, "" where it lists nothing."""
    resource = handler.path.partition("?")[0].rpartition("/")[2]
    return resource if handler.command == "GET" and resource in _KINDS else ""


def _send_list(handler: BaseHTTPRequestHandler, items: object) -> None:
    kind = f"{_KINDS.get(_listed(handler), '')}List"
    send_json(handler, {"kind": kind, "metadata": {"resourceVersion": "1"}, "items": items})


def _named(name: str) -> Attack:
    """Answer every list with one object of this name, and every object with one, too."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if resource := _listed(handler):
            _send_list(handler, [_job(name) if resource == "jobs" else _pod(name)])
        else:
            kinds = [kind for resource, kind in _KINDS.items() if f"/{resource}" in handler.path]
            send_json(handler, {**_job(name), "kind": kinds[0] if kinds else "Job"})

    return answer


def _items(items: object) -> Attack:
    return lambda handler: _send_list(handler, items)


NOTHINGS: dict[str, object] = {
    "null": None,
    "a text": "x",
    "a number": 1e308,
    "lists of lists": [[[]]],
    "numbers": [1, 2, 3],
    "nulls": [None, None],
    "empty objects": [{}, {}],
    "objects whose fields are of other kinds": [{"metadata": "x", "spec": 1, "status": [], "kind": {}}],
    "metadata of other kinds": [
        {"metadata": {"name": 1, "labels": [], "annotations": "x"}, "status": {"conditions": {}}}
    ],
}


def _quoted(escaped: bool) -> Attack:
    """Refuse with the request's own credential in the sentence."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        told = handler.headers.get("authorization", "")
        told = "".join(f"\\u{ord(each):04x}" for each in told) if escaped else told
        body = f'{{"kind": "Status", "reason": "BadRequest", "message": "got {told}", "code": 400}}'
        send(handler, body.encode(), 400)

    return answer


def _quoted_by_a_gateway(handler: BaseHTTPRequestHandler) -> None:
    send(handler, f"bad gateway: {handler.headers.get('authorization', '')}".encode(), 502)


def _quoted_in_place_of_an_answer(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(f"{handler.headers.get('authorization', '')}\r\n\r\n".encode())
    handler.close_connection = True


ATTACKS: dict[str, Attack] = {
    "its credential in a refusal": _quoted(escaped=False),
    "its credential in a refusal, with escapes": _quoted(escaped=True),
    "its credential from a gateway": _quoted_by_a_gateway,
    "its credential in place of an answer": _quoted_in_place_of_an_answer,
    "a document that never ends": _endless(b'{"items": [', b'{"metadata": {"name": "a"}},' * 1000),
    "a text that never ends": _endless(b'{"message": "', MEGABYTE),
    "white space that never ends": _endless(b" ", b" " * 1_000_000),
    "a header that never ends": _endless_header,
    "headers that never end": _endless_headers,
    "a length that never comes": _silent,
    "a hundred thousand lists in each other": _text(b'{"a":' + b"[" * 100_000),
    "an integer of a megabyte": _text(b'{"a": ' + b"9" * 1_000_000 + b"}"),
    "a document of 50 megabytes": _text(b'{"a": "' + b"A" * 50_000_000 + b'"}'),
    "a packed bomb": _text(gzip.compress(b"{" + b" " * 50_000_000 + b"}"), content_encoding="gzip"),
    "no document": _text(STEERING.encode()),
    "a page": _text(b"<html><script>alert(1)</script>" + STEERING.encode(), content_type="text/html"),
    "bytes that are not text": _text(bytes(range(256)) * 100),
    "nothing": _text(b""),
    "null": _text(b"null"),
    "a list": _text(b"[]"),
    "not a number": _text(b'{"items": NaN, "metadata": Infinity}'),
    "a redirect to the metadata service": _text(b"", 302, location="http://169.254.169.254/latest/meta-data/"),
    "a redirect to a file": _text(b"", 307, location="file:///etc/passwd"),
    "a date of the year 10000": _text(b"{}", date="Fri, 31 Dec 10000 23:59:59 GMT"),
    **{f"status {status} that steers a terminal": _status(status) for status in (400, 401, 403, 404, 409, 410, 422)},
    **{f"status {status} that steers a terminal": _status(status) for status in (429, 500, 503, 599)},
    **{f"lists of {what}": _items(items) for what, items in NOTHINGS.items()},
    **{f"a name {what}": _named(name) for what, name in NAMES.items()},
}
"""By name."""
