"""The server of the tests leaves nothing open when a browser goes away."""

import socket
import struct
import threading
from collections.abc import Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

from tests.listening import listening


class _Answer:
    """An answer that ends when its client has gone, and knows whether it was closed."""

    def __init__(self) -> None:
        self.gone, self.closed = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        yield b"x"
        self.gone.wait(10)

    def close(self) -> None:
        self.closed.set()


def test_an_answer_is_closed_when_its_client_hangs_up() -> None:
    answer = _Answer()

    def app(environ: WSGIEnvironment, start: StartResponse) -> _Answer:
        start("200 OK", [("Content-Length", "1")])
        return answer

    with listening(app) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while not client.recv(4096).endswith(b"x"):
                continue
            # a close that lingers no second is a reset, at which reading the rest fails
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        answer.gone.set()
        assert answer.closed.wait(10)
