"""Orders to a running step: annotations of its pod, which the downward API keeps current in a file."""

import json
import re
from pathlib import Path

ORDER = "nightlane/order"
"""The annotation an operator's command sets."""

STOP = "stop"
"""The order to cancel the remote work and end."""

_LINE = re.compile(r'(?P<key>[^=]+)=(?P<value>".*")')


def read_order(annotations: Path) -> str:
    """Return the order in the annotations file, "" if there is none.

    The file has one line key="value" per annotation, the value escaped like a JSON string. A pod without the
    mount has no orders.
    """
    try:
        lines = annotations.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ""
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is not None and match["key"] == ORDER:
            return _unescaped(match["value"])
    return ""


def _unescaped(quoted: str) -> str:
    try:
        value = json.loads(quoted)
    except ValueError:
        return quoted  # an escape that JSON does not know: no order has one
    return value if isinstance(value, str) else quoted
