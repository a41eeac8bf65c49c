"""When to ask the other end whether it is there, and when it counts as gone."""

import time

PING_SECONDS = 15.0
"""Between two pings: connections without traffic are cut on the way, at the earliest after a minute."""

SILENT_SECONDS = 60.0
"""How long nothing at all may come after a ping: a gateway may hold its side open though nothing is behind it."""


class Heartbeat:
    """Counts the time since the first ping after which nothing has come.

    Not the time since anything came: a runner that was frozen has neither asked nor listened.
    """

    def __init__(self) -> None:
        self._next = time.monotonic() + PING_SECONDS
        self._asked: float | None = None

    def is_due(self) -> bool:
        """Return whether to send a ping now, which counts as sent then."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + PING_SECONDS
        if self._asked is None:
            self._asked = now
        return True

    def excuse(self) -> None:
        """Start over: something has come, or this side does not listen, or has not sent all it has."""
        self._asked = None

    def require_answer(self) -> None:
        """Raise TimeoutError if the other end has been silent for too long."""
        if self._asked is not None and time.monotonic() - self._asked > SILENT_SECONDS:
            raise TimeoutError(f"nothing has come for {SILENT_SECONDS:.0f} s, not even the answer to a ping")
