"""Sealed personal fields: phones, identity numbers, notes.

A sealed value is format and key number (2 bytes), nonce (12), AES-256-GCM-SIV ciphertext
(RFC 8452). The field and the row's id are bound in as associated data: a ciphertext moved to
another row or field does not open. Beside it stands a keyed hash, for "this number" questions.
"""

import hmac
import os
import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from gridmap.errors import InvalidInput
from gridmap.secrets import Secrets, read

_FORMAT = 1
_NONCE_BYTES = 12


@dataclass
class Sealer:
    """The ring of sealing keys; the highest number seals, all of them open.

    A ring with a ``file`` follows it: once the keys were rotated, every process seals with the
    new one at its next value, without being started anew.
    """

    keys: dict[int, bytes] = field(repr=False)
    hash_key: bytes = field(repr=False)
    file: Path | None = None
    read_at: int = 0

    @property
    def current(self) -> int:
        """The number of the key that seals."""
        return max(self.keys)

    def follow(self) -> None:
        """Reads the keys again where the file has changed."""
        if self.file is None:
            return
        changed = self.file.stat().st_mtime_ns
        if changed != self.read_at:
            self.keys, self.read_at = _keys_of(read(self.file)), changed


def sealer(secrets: Secrets, file: Path | None = None) -> Sealer:
    """The key ring of an installation; it follows the secrets' ``file`` where one is named."""
    return Sealer(_keys_of(secrets), bytes.fromhex(secrets.hash_key), file)


def _keys_of(secrets: Secrets) -> dict[int, bytes]:
    return {int(number): bytes.fromhex(key) for number, key in secrets.sealing_keys.items()}


def seal(ring: Sealer, text: str, *, field: str, row: UUID) -> bytes:
    """Encrypts a value for one field of one row."""
    ring.follow()
    nonce = os.urandom(_NONCE_BYTES)
    cipher = AESGCMSIV(ring.keys[ring.current])
    sealed = cipher.encrypt(nonce, text.encode(), _bound_to(field, row))
    return bytes([_FORMAT, ring.current]) + nonce + sealed


def unseal(ring: Sealer, value: bytes, *, field: str, row: UUID) -> str:
    """Opens a sealed value; InvalidInput where it belongs to another row, field or key ring."""
    if value[1] not in ring.keys:
        ring.follow()
    key = ring.keys.get(value[1]) if value[0] == _FORMAT else None
    if key is None:
        raise InvalidInput("没有打开这个字段的密钥，请恢复 secrets 文件。")
    nonce, body = value[2 : 2 + _NONCE_BYTES], value[2 + _NONCE_BYTES :]
    try:
        return AESGCMSIV(key).decrypt(nonce, body, _bound_to(field, row)).decode()
    except InvalidTag as error:
        raise InvalidInput("封存的内容不属于这一行，打不开。") from error


def is_current(ring: Sealer, value: bytes) -> bool:
    """Whether a value is sealed with the newest key (rotation seals the others anew)."""
    return value[1] == ring.current


def keyed_hash(ring: Sealer, text: str) -> bytes:
    """The same for the same number however it was typed (HMAC-SHA256 over NFKC, upper case)."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    return hmac.digest(ring.hash_key, plain.encode(), sha256)


def tail_hash(ring: Sealer, phone: str) -> bytes | None:
    """The keyed hash of the last four digits of a phone; None for a number that has fewer."""
    digits = "".join(one for one in unicodedata.normalize("NFKC", phone) if one.isdigit())
    return keyed_hash(ring, f"tail:{digits[-4:]}") if len(digits) >= 4 else None


def _bound_to(field: str, row: UUID) -> bytes:
    return f"{field}:{row}".encode()
