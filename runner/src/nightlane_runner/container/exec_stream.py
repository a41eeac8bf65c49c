"""A command in a container, its three streams carried over one WebSocket as pipes, so that it looks like a process."""

import json
import os
import select
import socket
import ssl
import threading
from typing import IO

from wsproto import WSConnection
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.utilities import ProtocolError

from nightlane_runner.json_tree import JsonObject, objects_at, text_at

_STDIN, _STDOUT, _STDERR, _STATUS = range(4)
_END_OF_STREAM = 255

_PIECE_BYTES = 64 * 1024
_MOST_WAITING_BYTES = 256 * 1024
"""Of what came and is not read yet, and of what is to go out: whoever writes faster waits."""

_TICK_SECONDS = 0.5


class ExecStream:
    """What a process is to its starter: three pipes, a code at its end, and a way to end it.

    Ending it cuts the connection; what that does to the command is the container's business.

    Args:
        connection: connected, its TLS agreed on.
        protocol: of the WebSocket, past its handshake.
        early: events that came with the handshake.

    """

    def __init__(self, connection: ssl.SSLSocket, protocol: WSConnection, early: list[Event]) -> None:
        self._connection = connection
        self._protocol = protocol
        self._early = early
        self._input, stdin = os.pipe()
        stdout, self._output = os.pipe()
        stderr, self._errors = os.pipe()
        for end in (self._output, self._errors):
            os.set_blocking(end, False)
        self.stdin: IO[bytes] | None = os.fdopen(stdin, "wb", buffering=0)
        self.stdout: IO[bytes] | None = os.fdopen(stdout, "rb", buffering=0)
        self.stderr: IO[bytes] | None = os.fdopen(stderr, "rb")
        self._arrived = {_STDOUT: bytearray(), _STDERR: bytearray()}
        self._leaving = bytearray()
        self._piece = b""
        self._channel: int | None = None
        self._status = bytearray()
        self._input_open = True
        self._killed = False
        self._code: int | None = None
        self._thread = threading.Thread(target=self._carry, name="exec", daemon=True)
        self._thread.start()

    def poll(self) -> int | None:
        """Return its code, None while it runs."""
        return None if self._thread.is_alive() else self._code

    def wait(self) -> int:
        """Wait for its end and return its code: that of the command, or 1 where the connection broke."""
        self._thread.join()
        return 1 if self._code is None else self._code

    def kill(self) -> None:
        """Cut the connection."""
        self._killed = True

    def _carry(self) -> None:
        self._connection.setblocking(False)
        try:
            going_on = self._take(self._early)
            while going_on and not self._killed:
                going_on = self._step()
            self._arrived[_STDERR] += self._failure()
            while not self._killed and any(self._arrived.values()):
                select.select([], self._wanting(), [], _TICK_SECONDS)
                self._hand_over()
        except (OSError, ProtocolError) as error:
            self._arrived[_STDERR] += f"error: the connection broke: {error}\n".encode()
            self._hand_over()
        finally:
            self._code = self._exit_code()
            self._connection.close()
            for end in (self._input, self._output, self._errors):
                os.close(end)

    def _step(self) -> bool:
        """Carry what can be carried now; return whether more may come."""
        reading: list[socket.socket | int] = []
        if sum(map(len, self._arrived.values())) < _MOST_WAITING_BYTES:
            reading.append(self._connection)
        if self._input_open and len(self._leaving) < _MOST_WAITING_BYTES:
            reading.append(self._input)
        writing: list[socket.socket | int] = [*self._wanting()]
        if self._piece or self._leaving:
            writing.append(self._connection)
        readable, _, _ = select.select(reading, writing, [], _TICK_SECONDS)
        if self._input in readable:
            self._take_input()
        self._send()
        self._hand_over()
        return self._connection not in readable or self._receive()

    def _wanting(self) -> list[int]:
        ends = {_STDOUT: self._output, _STDERR: self._errors}
        return [end for channel, end in ends.items() if self._arrived[channel]]

    def _take_input(self) -> None:
        data = os.read(self._input, _PIECE_BYTES)
        if data:
            message = bytes((_STDIN,)) + data
        else:
            self._input_open = False
            message = bytes((_END_OF_STREAM, _STDIN))
        self._leaving += self._protocol.send(BytesMessage(message))

    def _send(self) -> None:
        while self._piece or self._leaving:
            if not self._piece:
                self._piece = bytes(self._leaving[:_PIECE_BYTES])
                del self._leaving[:_PIECE_BYTES]
            try:
                sent = self._connection.send(self._piece)
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                return  # the very same piece is to be tried again
            self._piece = self._piece[sent:]

    def _receive(self) -> bool:
        """Take all that has come; nothing may stay within TLS, where no select sees it."""
        while True:
            try:
                data = self._connection.recv(_PIECE_BYTES)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return True
            self._protocol.receive_data(data or None)
            if not self._take(list(self._protocol.events())) or not data:
                return False

    def _take(self, events: list[Event]) -> bool:
        for event in events:
            if isinstance(event, Ping):
                self._leaving += self._protocol.send(event.response())
            elif isinstance(event, CloseConnection):
                return False
            elif isinstance(event, BytesMessage):
                self._take_piece(bytes(event.data), event.message_finished)
            elif isinstance(event, TextMessage):
                raise ProtocolError("the API server sent text where streams are carried")
        return True

    def _take_piece(self, data: bytes, last: bool) -> None:
        if self._channel is None and data:
            self._channel, data = data[0], data[1:]
        if self._channel == _STATUS:
            self._status += data
        elif self._channel in self._arrived:
            self._arrived[self._channel] += data
        if last:
            self._channel = None

    def _hand_over(self) -> None:
        for channel, end in ((_STDOUT, self._output), (_STDERR, self._errors)):
            waiting = self._arrived[channel]
            while waiting:
                try:
                    written = os.write(end, waiting[:_PIECE_BYTES])
                except BlockingIOError:
                    break
                except BrokenPipeError:
                    # Nobody reads it any more.
                    waiting.clear()
                    break
                del waiting[:written]

    def _failure(self) -> bytes:
        """Return what the API server says of a command that it could not start or did not see end."""
        status = self._said_last()
        failed = text_at(status, "status") == "Failure" and not _code_in(status)
        return f"error: {text_at(status, 'message')}\n".encode() if failed else b""

    def _exit_code(self) -> int:
        status = self._said_last()
        return 0 if text_at(status, "status") == "Success" else int(_code_in(status) or "1")

    def _said_last(self) -> JsonObject:
        try:
            status = json.loads(self._status or b"{}")
        except ValueError:
            return {}
        return status if isinstance(status, dict) else {}


def _code_in(status: JsonObject) -> str:
    causes = objects_at(status, "details", "causes")
    codes = (text_at(cause, "message") for cause in causes if text_at(cause, "reason") == "ExitCode")
    return next((code for code in codes if code.isdecimal()), "")


class EndedStream:
    """A command that could not be started: it has said why, and ended with 1."""

    def __init__(self, error: str) -> None:
        reader, stdin = os.pipe()
        os.close(reader)
        self.stdin: IO[bytes] | None = os.fdopen(stdin, "wb", buffering=0)
        self.stdout: IO[bytes] | None = _holding(b"")
        self.stderr: IO[bytes] | None = _holding(f"error: {error}\n".encode())

    def poll(self) -> int | None:
        """Return its code."""
        return 1

    def wait(self) -> int:
        """Return its code."""
        return 1

    def kill(self) -> None:
        """Do nothing: it has ended."""


def _holding(content: bytes) -> IO[bytes]:
    reader, writer = os.pipe()
    os.write(writer, content[:_PIECE_BYTES])
    os.close(writer)
    return os.fdopen(reader, "rb")
