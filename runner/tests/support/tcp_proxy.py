"""A TCP proxy on loopback that can be away, or hold connections half open."""

import contextlib
import selectors
import socket
import threading


class TcpProxy:
    """Forwards connections to one port until set otherwise."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, ...]] = []
        self._muted: set[socket.socket] = set()
        self._closed = threading.Event()
        self._silent = False
        self.connections = 0
        self._accept()

    def go_away(self) -> None:
        """Cut every connection and refuse new ones."""
        self._stop_listening()
        for pair in self._pairs:
            for end in pair:
                _cut(end)
        self._pairs.clear()

    def come_back(self) -> None:
        """Listen again on the same port."""
        self._listener = self._listen(self.port)
        self._closed = threading.Event()
        self._accept()

    def mute(self) -> None:
        """Carry nothing more on the connections there are, but keep them open; new ones work."""
        for pair in self._pairs:
            self._muted.update(pair)

    def fall_silent(self) -> None:
        """Carry nothing more, and take new connections without a word."""
        self._silent = True
        self.mute()

    def close(self) -> None:
        """End it."""
        self.go_away()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        return listener

    def _stop_listening(self) -> None:
        self._closed.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        threading.Thread(target=self._accept_all, args=(self._listener, self._closed), daemon=True).start()

    def _accept_all(self, listener: socket.socket, closed: threading.Event) -> None:
        while not closed.is_set():
            try:
                near, _ = listener.accept()
                if self._silent:
                    self._pairs.append((near,))
                    continue
                far = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                return
            self.connections += 1
            pair = (near, far)
            self._pairs.append(pair)
            threading.Thread(target=self._forward, args=pair, daemon=True).start()

    def _forward(self, near: socket.socket, far: socket.socket) -> None:
        with selectors.DefaultSelector() as selector, contextlib.suppress(OSError, ValueError):
            selector.register(near, selectors.EVENT_READ, far)
            selector.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in selector.select(1.0):
                    source, sink = key.fileobj, key.data
                    assert isinstance(source, socket.socket)
                    if not (data := source.recv(65536)):
                        return
                    if source not in self._muted:
                        sink.sendall(data)


def _cut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
