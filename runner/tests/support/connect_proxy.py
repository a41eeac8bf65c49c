"""A customer's forward proxy on loopback: it connects whom it lets in to one server, by whatever name they ask."""

import contextlib
import selectors
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class ConnectProxy:
    """Answers CONNECT, and carries what follows.

    Attributes:
        port: on loopback.
        asked: host and port of each CONNECT.
        answer: what is sent in answer; only after ESTABLISHED something is carried.

    """

    def __init__(self, target_port: int) -> None:
        self.asked: list[str] = []
        self.answer = ESTABLISHED
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                proxy.asked.append(self.path)
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.sendall(proxy.answer)
                    if proxy.answer == ESTABLISHED:
                        with socket.create_connection(("127.0.0.1", target_port)) as far:
                            _carry(self.connection, far)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port: int = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its URL, as a lane's runners get it."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """End it."""
        self._http.shutdown()
        self._http.server_close()


def _carry(near: socket.socket, far: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(near, selectors.EVENT_READ, far)
        selector.register(far, selectors.EVENT_READ, near)
        while True:
            for key, _ in selector.select():
                source, sink = key.fileobj, key.data
                assert isinstance(source, socket.socket)
                if not (data := source.recv(65536)):
                    return
                sink.sendall(data)
