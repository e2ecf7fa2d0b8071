"""Repeated tiles from nginx's cache, requests a second; against the application that made them."""

import http.client
import json
import re
import socket
import threading
import time

from flask import Flask
from werkzeug.serving import make_server

from benchmarks.world import World, rate
from gridmap import create_app
from gridmap.settings import Settings
from tests import nginx_site
from tests.integration.runs import free_port

_TILE = "/tiles/regions/8/202/101.mvt"
_AT_ONCE, _BATCHES, _CONNECTIONS, _CLIENTS = 100, 9, 20, 2
"""nginx closes a connection after a thousand requests."""
_BY_APPLICATION = 300


def tiles(world: World) -> None:
    """One tile with its version again and again, the site's limits for one address taken off."""
    if (found := nginx_site.programs()) is None:
        print("  nginx or openssl is not installed: not measured")
        return
    app = create_app("web", settings=Settings(database_url=world.url, instance=world.instance))
    behind = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    with nginx_site.folder() as folder:
        front = free_port()
        ports = {80: free_port(), 443: front, 8000: behind.server_port, 8001: behind.server_port}
        configuration = nginx_site.written(folder, found[1], ports=ports)
        site = folder / "site.conf"
        site.write_text(re.sub(r"\n\s+limit_\w+ [^\n]*| ssl http2|http2", "", site.read_text()))
        with nginx_site.running(found[0], configuration):
            address = f"{_TILE}?{_version(front)}"
            ours = _asked(front, address)
            _alone(app, address, ours)
    behind.shutdown()


def _asked(port: int, address: str) -> float:
    """Requests a second by clients that send a hundred at a time over one connection each."""
    request = f"GET {address} HTTP/1.1\r\nHost: gridmap.example\r\n\r\n".encode()
    length = _length(port, request)
    threads = [
        threading.Thread(target=_client, args=(port, request * _AT_ONCE, length * _AT_ONCE))
        for _ in range(_CLIENTS)
    ]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = _AT_ONCE * _BATCHES * _CONNECTIONS * _CLIENTS
    return rate(f"from nginx ({length:,} bytes each)", total, time.perf_counter() - begin)


def _length(port: int, request: bytes) -> int:
    """Bytes of a whole answer, head and body; asked twice, so that it is kept."""
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(1 << 16)
    head = answer.partition(b"\r\n\r\n")[0]
    body = re.search(rb"Content-Length: (\d+)", head)
    assert body, head
    return len(head) + 4 + int(body[1])


def _client(port: int, requests: bytes, length: int) -> None:
    into = memoryview(bytearray(1 << 20))
    for _ in range(_CONNECTIONS):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            for _ in range(_BATCHES):
                connection.sendall(requests)
                left = length
                while left > 0:
                    came = connection.recv_into(into)
                    assert came, "nginx closed the connection"
                    left -= came


def _alone(app: Flask, address: str, ours: float) -> None:
    client = app.test_client()
    begin = time.perf_counter()
    for _ in range(_BY_APPLICATION):
        assert client.get(address).status_code == 200
    theirs = rate("from the application", _BY_APPLICATION, time.perf_counter() - begin)
    print(f"  ratio {ours / theirs:.0f}")


def _version(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/tiles/regions.json")
    (template,) = json.loads(connection.getresponse().read())["tiles"]
    return str(template).partition("?")[2]
