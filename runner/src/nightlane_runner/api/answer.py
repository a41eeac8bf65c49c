"""The content of an API server's answers."""

import json

from urllib3.response import BaseHTTPResponse

from nightlane_runner.api.errors import ApiUnknown
from nightlane_runner.json_tree import JsonObject, text_at

MOST_ANSWER_BYTES = 4 * 1024 * 1024
"""Of one answer: lists are read in pages, and the runner's memory is limited."""

_PIECE_BYTES = 64 * 1024


def read_content(response: BaseHTTPResponse) -> bytes:
    """Return an answer's content, which goes back to its connection."""
    content = bytearray()
    while piece := response.read1(_PIECE_BYTES):
        content += piece
        if len(content) > MOST_ANSWER_BYTES:
            response.close()
            raise ApiUnknown(
                f"an answer of more than {MOST_ANSWER_BYTES // 1024**2} MiB, larger than anything a runner asks for; "
                "have what answers in the API server's place checked"
            )
    response.release_conn()
    return bytes(content)


def parsed(answer: bytes) -> JsonObject:
    """Return an answer's object; raises ApiUnknown if it is not one."""
    try:
        tree = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ApiUnknown(f"an answer that is not JSON: {shortened(answer)}") from error
    if not isinstance(tree, dict):
        raise ApiUnknown(f"an answer that is not an object: {shortened(answer)}")
    return tree


def of_kind(kind: str, answer: JsonObject) -> JsonObject:
    """Return an answer, which must be of a kind.

    Raises:
        ApiUnknown: it is of another kind, or of none. Then it comes from something else in the API server's place,
            and proves nothing, least of all an absence.

    """
    if text_at(answer, "kind") != kind:
        raise ApiUnknown(
            f"expected a {kind}, got {shortened(text_at(answer, 'kind').encode('utf-8', 'replace')) or 'no kind'}"
        )
    return answer


def shortened(answer: bytes) -> str:
    """Return the beginning of an answer in one line, for a message."""
    return " ".join(answer[:200].decode("utf-8", "replace").split())
