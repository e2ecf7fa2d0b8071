"""Uploads that arrive in pieces: what has come so far, in a folder for each sender, never served.

Pieces are put one behind the other under a lock of the file. A sender's folder and a file's name
are made of hashes and numbers alone: nobody reaches what another one began.
"""

import fcntl
import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from gridmap.errors import TooOften

MOST_BEGUN = 5
"""So many files of one sender and incident may have begun; a phone sends one after the other."""


class Begun:
    """A file that has begun to arrive: of a sender, under an id, with a size in bytes."""

    def __init__(self, instance: Path, sender: str, id: UUID, size: int) -> None:
        self._folder = _root(instance) / sha256(sender.encode()).hexdigest()
        self._file = self._folder / f"{id.hex}-{size}"
        self._size = size

    def put(self, offset: int, piece: bytes) -> int:
        """Puts a piece behind what has come; how many bytes are there now.

        A piece that does not continue what is there changes nothing: the answer says where to go
        on. What is there already of one that does is passed over. Raises TooOften where the
        sender began too many others.
        """
        if not self._file.exists():
            self._begin()
        with self._file.open("r+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            there = stream.seek(0, os.SEEK_END)
            fresh = piece[there - offset :] if offset <= there else b""
            stream.write(fresh[: self._size - there])
            stream.flush()
            return stream.tell()

    def whole(self) -> bytes:
        """All that has come; empty where nothing has, or it was taken meanwhile."""
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            return b""

    def discard(self) -> None:
        """Takes it away, if it is there."""
        self._file.unlink(missing_ok=True)

    def _begin(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sum(1 for _ in self._folder.iterdir()) >= MOST_BEGUN:
            raise TooOften(
                "同时在传的文件太多；请等前面的传完，或 {minutes} 分钟后再试。", minutes=60
            )
        os.close(os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600))


def clear(instance: Path, *, before: datetime) -> int:
    """Removes what nobody went on with since a moment; how many files."""
    gone = 0
    for folder in _root(instance).glob("*"):
        for file in folder.iterdir():
            if datetime.fromtimestamp(file.stat().st_mtime, UTC) < before:
                file.unlink(missing_ok=True)
                gone += 1
        if not any(folder.iterdir()):
            folder.rmdir()
    return gone


def _root(instance: Path) -> Path:
    return instance / "pieces"
