"""UUIDv7 (RFC 9562): made by whoever creates a thing, a phone offline too."""

import os
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray


def uuid7(moment: datetime) -> UUID:
    """A new id that carries the milliseconds of ``moment``; never order rows by it."""
    milliseconds = int(moment.timestamp() * 1000)
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)


def many(moment: datetime, count: int) -> list[bytes]:
    """That many new ids of one moment, rising, as bytes: an object each would cost far more."""
    made: list[bytes] = many_bytes(moment, count).view("V16").ravel().tolist()
    return made


def many_bytes(moment: datetime, count: int) -> NDArray[np.uint8]:
    """That many new ids of one moment as bytes (count, 16), rising: for rows that are copied in.

    From a random start each next one is up to 2^32 further (RFC 9562, 6.2, method 2): as hard
    to guess as need be, and rows copied together lie together in an index.
    """
    fields = np.empty(count, [("time", ">u2", 3), ("high", ">u2"), ("low", ">u8")])
    milliseconds = int(moment.timestamp() * 1000)
    fields["time"] = milliseconds >> 32, milliseconds >> 16 & 0xFFFF, milliseconds & 0xFFFF
    start = int.from_bytes(os.urandom(10), "big")
    fields["high"] = 0x7000 | start >> 68
    steps = np.frombuffer(os.urandom(4 * count), np.uint32).astype(np.uint64) + np.uint64(1)
    low = np.uint64(start & (1 << 61) - 1) + np.cumsum(steps, dtype=np.uint64)
    fields["low"] = low | np.uint64(0x8 << 60)
    return fields.view(np.uint8).reshape(count, 16)
