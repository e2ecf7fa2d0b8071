"""Proof of work: a little computing that one report does not feel and a million reports do."""

from hashlib import sha256
from uuid import UUID

MOST_BITS = 26
"""More than that keeps a phone busy for minutes."""


def is_done(id: UUID, answer: str, bits: int) -> bool:
    """Whether SHA-256 of ``id:answer`` begins with that many zero bits (hashcash, Back 2002)."""
    if bits <= 0:
        return True
    if len(answer) > 32:
        return False
    digest = int.from_bytes(sha256(f"{id}:{answer}".encode()).digest(), "big")
    return digest >> (256 - min(bits, MOST_BITS)) == 0
