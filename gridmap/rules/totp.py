"""One-time codes by time (RFC 6238 over RFC 4226): six digits, thirty seconds, SHA-1."""

import base64
import hmac
from datetime import datetime
from hashlib import sha1
from urllib.parse import quote

STEP_S = 30
_DIGITS = 6
_SLACK_STEPS = 1


def step_of(now: datetime) -> int:
    """The time step of a moment."""
    return int(now.timestamp()) // STEP_S


def code(secret: bytes, step: int) -> str:
    """The six digits of a step."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), sha1)
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def accepted_step(secret: bytes, given: str, now: datetime, *, last_used: int) -> int | None:
    """The step whose code was given, if it is near now and was not used before; else None."""
    this = step_of(now)
    for step in range(this - _SLACK_STEPS, this + _SLACK_STEPS + 1):
        if step > last_used and hmac.compare_digest(code(secret, step), given.strip()):
            return step
    return None


def plain(secret: bytes) -> str:
    """The secret as an authenticator app takes it by hand (base 32)."""
    return base64.b32encode(secret).decode().rstrip("=")


def address(secret: bytes, *, login: str, issuer: str) -> str:
    """The ``otpauth`` address that an authenticator app scans."""
    return (
        f"otpauth://totp/{quote(issuer)}:{quote(login)}?secret={plain(secret)}&issuer={quote(issuer)}"
        f"&digits={_DIGITS}&period={STEP_S}"
    )
