"""What the API server finally reports of a command: its exit code, or why it did not start."""

import json

from wsproto.utilities import ProtocolError

from nightlane_runner.json_tree import Json, objects_at, text_at

_MOST_BYTES = 64 * 1024
_MOST_DIGITS = 3
"""Of a code: a process has 255 at most."""


class ExecStatus:
    """Kubernetes' Status of a command, as it arrives. One that cannot be understood is not a success."""

    def __init__(self) -> None:
        self._said = bytearray()

    def take(self, data: bytes) -> None:
        """Take a piece of it; raises ProtocolError if it is longer than any real one."""
        self._said += data
        if len(self._said) > _MOST_BYTES:
            raise ProtocolError(f"the API server's last word is longer than {_MOST_BYTES} bytes")

    @property
    def heard(self) -> bool:
        """Whether anything of it has come."""
        return bool(self._said)

    def code(self) -> int:
        """Return the command's code; 1 if there is none and no success was reported."""
        status = self._tree()
        return 0 if text_at(status, "status") == "Success" else int(_code_in(status) or "1")

    def failure(self) -> str:
        """Return the message about a command that could not be started or was not seen to end, "" for any other."""
        status = self._tree()
        failed = text_at(status, "status") == "Failure" and not _code_in(status)
        return text_at(status, "message") if failed else ""

    def _tree(self) -> Json:
        try:
            tree: Json = json.loads(self._said)
        except (ValueError, RecursionError):
            return None
        return tree


def _code_in(status: Json) -> str:
    causes = objects_at(status, "details", "causes")
    codes = (text_at(cause, "message") for cause in causes if text_at(cause, "reason") == "ExitCode")
    return next((code for code in codes if code.isascii() and code.isdecimal() and len(code) <= _MOST_DIGITS), "")
