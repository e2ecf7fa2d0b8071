"""The development server that tests serve by, made to close every answer."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

_ANSWER = "gridmap.tests.answer"


class _Handler(WSGIRequestHandler):
    """Closes the answer to a client that hung up, whose rest werkzeug fails to read before."""

    def connection_dropped(
        self, error: BaseException, environ: WSGIEnvironment | None = None
    ) -> None:
        answer: Any = (environ or {}).get(_ANSWER)
        if hasattr(answer, "close"):
            answer.close()


def listen(app: WSGIApplication, port: int = 0) -> BaseWSGIServer:
    """A server on a port (a free one for 0) that has still to be set going."""

    def remembered(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ[_ANSWER] = app(environ, start)
        answer: Iterable[bytes] = environ[_ANSWER]
        return answer

    return make_server("127.0.0.1", port, remembered, threaded=True, request_handler=_Handler)


@contextmanager
def listening(app: WSGIApplication) -> Iterator[int]:
    """The free port on which a thread answers for an application."""
    server = listen(app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
