"""A command in a container, its three streams carried over one WebSocket as pipes, so that it looks like a process."""

import os
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import IO

from wsproto import WSConnection
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.utilities import ProtocolError

from nightlane_runner.container.exec_status import ExecStatus
from nightlane_runner.container.heartbeat import Heartbeat

_STDIN, _STDOUT, _STDERR, _STATUS = range(4)
_END_OF_STREAM = 255

_PIECE_BYTES = 64 * 1024
_MOST_WAITING_BYTES = 256 * 1024
"""Of what came and is not read yet, and of what is to be sent: a faster writer waits."""

_TICK_SECONDS = 0.5


class ExecStream:
    """What a process is to its starter: three pipes, a code at its end, and a way to end it.

    Ending it cuts the connection; what that does to the command is the container's business.

    Args:
        connection: connected, its TLS agreed on.
        protocol: of the WebSocket, past its handshake.
        early: events that came with the handshake.
        without_credential: removes the credential from what the API server, or a gateway before it, says.

    """

    def __init__(
        self,
        connection: ssl.SSLSocket,
        protocol: WSConnection,
        early: list[Event],
        without_credential: Callable[[bytes], bytes],
    ) -> None:
        self._connection = connection
        self._protocol = protocol
        self._early = early
        self.without_credential = without_credential
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
        self._status = ExecStatus()
        self._heartbeat = Heartbeat()
        self._owed: Pong | None = None
        self._input_open = True
        self._cut: OSError | None = None
        self._killed = False
        self._code = 1
        self._thread = threading.Thread(target=self._carry, name="exec", daemon=True)
        self._thread.start()

    def poll(self) -> int | None:
        """Return its code, None while it runs."""
        return None if self._thread.is_alive() else self._code

    def wait(self) -> int:
        """Wait for its end and return its code: that of the command, or 1 if the connection broke."""
        self._thread.join()
        return self._code

    def kill(self) -> None:
        """Cut the connection."""
        self._killed = True

    def _carry(self) -> None:
        self._connection.setblocking(False)
        try:
            going_on = self._take(self._early)
            while going_on and not self._killed:
                going_on = self._step()
            if self._cut is not None and not self._status.heard:
                raise self._cut
            if failure := self._status.failure():
                self._say(failure)
            while not self._killed and any(self._arrived.values()):
                select.select([], self._wanting(), [], _TICK_SECONDS)
                self._hand_over()
        except (OSError, ProtocolError) as error:
            self._say(f"the connection broke: {error}")
            self._hand_over()
        finally:
            self._connection.close()
            for end in (self._input, self._output, self._errors):
                os.close(end)
        self._code = self._status.code()

    def _say(self, failure: str) -> None:
        text = self.without_credential(failure.encode("utf-8", "replace"))
        self._arrived[_STDERR] += b"error: " + text + b"\n"

    def _step(self) -> bool:
        """Carry what can be carried now, a piece of each at most; return whether more may come."""
        self._answer_pings()
        listening = sum(map(len, self._arrived.values())) < _MOST_WAITING_BYTES
        sending = bool(self._piece or self._leaving)
        if not sending and self._heartbeat.is_due():
            self._leaving += self._protocol.send(Ping())
        # select does not see what TLS holds already.
        held = listening and self._connection.pending() > 0
        reading: list[socket.socket | int] = [self._connection] if listening else []
        if self._input_open and len(self._leaving) < _MOST_WAITING_BYTES:
            reading.append(self._input)
        writing: list[socket.socket | int] = [*self._wanting()]
        if self._piece or self._leaving:
            writing.append(self._connection)
        readable, _, _ = select.select(reading, writing, [], 0 if held else _TICK_SECONDS)
        if self._input in readable:
            self._take_input()
        self._send()
        self._hand_over()
        if held or self._connection in readable:
            self._heartbeat.excuse()
            return self._receive()
        if sending or not listening:
            self._heartbeat.excuse()
        self._heartbeat.require_answer()
        return True

    def _answer_pings(self) -> None:
        """Answer the last ping: that answers those before it, so that no server can make answers pile up."""
        if self._owed is not None and len(self._leaving) < _MOST_WAITING_BYTES:
            self._leaving += self._protocol.send(self._owed)
            self._owed = None

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
                return  # the very same piece must be tried again
            except OSError as error:
                # What the other side has said before it cut the connection is still to be read.
                self._cut = error
                self._input_open = False
                self._piece = b""
                self._leaving.clear()
                return
            self._piece = self._piece[sent:]

    def _receive(self) -> bool:
        try:
            data = self._connection.recv(_PIECE_BYTES)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return True
        self._protocol.receive_data(data or None)
        return self._take(self._protocol.events()) and bool(data)

    def _take(self, events: Iterable[Event]) -> bool:
        for event in events:
            if isinstance(event, Ping):
                self._owed = event.response()
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
            self._status.take(data)
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
