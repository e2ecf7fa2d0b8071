"""Sending signed messages to other systems, and to nobody whom they must not reach.

Signed as Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). The name is
resolved once, every address that it has must be public, and the connection goes to that very
address: a name that resolves differently a moment later changes nothing. Redirects are not
followed, proxies of the environment not used.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import SplitResult, urlsplit

from standardwebhooks import Webhook

from gridmap.errors import InvalidInput

WAIT_S = 10.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Message:
    """What is sent: an id that stays the same however often it is tried, and the JSON text."""

    id: str
    at: datetime
    body: str


def private_hosts(setting: str) -> frozenset[str]:
    """The hosts that the setting names."""
    return frozenset(one.strip().lower() for one in setting.split(",") if one.strip())


def check_address(url: str, allowed: Collection[str]) -> SplitResult:
    """The parts of an address that may be sent to, as far as it says itself.

    Raises InvalidInput for what is no address, carries a password, or is not https – http is
    for the hosts in ``allowed`` alone.
    """
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise InvalidInput("推送地址不对：{url}", url=url[:200]) from error
    if not host or parts.username is not None or parts.fragment or not url.isascii():
        raise InvalidInput("推送地址不对：{url}", url=url[:200])
    if parts.scheme != "https" and not (parts.scheme == "http" and host in allowed):
        raise InvalidInput("推送地址要以 https:// 开头；内网地址要先由设置放行。")
    return parts


def resolve(host: str, port: int, allowed: Collection[str]) -> str:
    """An address of a host; raises InvalidInput where any of them is not public.

    Raises OSError for a name that does not resolve.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    if host.lower() not in allowed and not all(_is_public(one) for one in addresses):
        raise InvalidInput(
            "推送地址 {host} 指向内部网络，已拒绝；确需推送请由设置放行。", host=host
        )
    return addresses[0]


def _is_public(address: str) -> bool:
    ip: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # an IPv4 address in the clothes of an IPv6 one
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def deliver(url: str, secret: str, message: Message, allowed: Collection[str]) -> int:
    """Sends a message and returns the status of the answer.

    Raises InvalidInput for an address that must not be reached, OSError or
    http.client.HTTPException where nobody answered.
    """
    parts = check_address(url, allowed)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = _connection(parts.scheme, host, port, resolve(host, port, allowed))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "gridmap",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(message.at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message.id, message.at, message.body),
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, message.body.encode(), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """A connection that names the host and goes to the address."""
    made = (
        http.client.HTTPSConnection(host, port, timeout=WAIT_S, context=_certificates())
        if scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=WAIT_S)
    )

    def to_the_address(*_given: object, **_more: object) -> socket.socket:
        return socket.create_connection((address, port), timeout=WAIT_S)

    made._create_connection = to_the_address  # type: ignore[attr-defined]
    return made


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()
