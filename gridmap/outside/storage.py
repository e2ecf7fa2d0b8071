"""Where photos and documents are kept: a folder that is never served, or S3-compatible storage.

Contents are named by their own SHA-256: the same content twice is one file, and a file that
was left behind by a transaction that failed harms nobody.
"""

import os
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from gridmap.errors import NotFound, SetupFailed
from gridmap.settings import Settings

_GONE = "文件不在了，请找管理员从备份恢复。"


class Storage(Protocol):
    """Contents by name."""

    def put(self, name: str, content: bytes) -> None:
        """Keeps a content durably; one that is there already stays."""

    def get(self, name: str) -> bytes:
        """A content; NotFound where there is none."""

    def remove(self, name: str) -> None:
        """Takes a content away, if it is there."""


def storage_of(settings: Settings) -> Storage:
    """The storage that the settings name; SetupFailed where its library is not installed."""
    if settings.storage:
        return Bucket(settings)
    return folder_of(settings.instance)


def folder_of(instance: Path) -> "Folder":
    """The storage in the instance's folder."""
    return Folder(instance / "attachments")


class Folder:
    """A folder for the program's user alone, in which each content is a file."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, content: bytes) -> None:
        """Writes beside and renames: there is never half a file under a content's name."""
        file = self._file(name)
        if file.exists():
            return
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = file.with_name(f"{uuid4().hex}.half")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            half.rename(file)
        except OSError:
            half.unlink(missing_ok=True)
            raise

    def get(self, name: str) -> bytes:
        """Reads a file."""
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(_GONE) from error

    def remove(self, name: str) -> None:
        """Deletes a file."""
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self.root / name[:2] / name


class Bucket:
    """A bucket of an S3-compatible server, by the optional library obstore."""

    def __init__(self, settings: Settings) -> None:
        try:
            from obstore.store import from_url
        except ImportError as error:
            raise SetupFailed(
                "设置 GRIDMAP_STORAGE 需要 obstore：pip install 'gridmap[s3]'。"
            ) from error
        config: Any = {"aws_virtual_hosted_style_request": "false"}
        for key, value in (
            ("aws_endpoint", settings.storage_endpoint),
            ("aws_access_key_id", settings.storage_key),
            ("aws_secret_access_key", settings.storage_secret),
        ):
            if value:
                config[key] = value
        options: Any = {"allow_http": settings.storage_endpoint.startswith("http://")}
        self._store: Any = from_url(settings.storage, config=config, client_options=options)

    def put(self, name: str, content: bytes) -> None:
        """Writes an object."""
        self._store.put(name, content)

    def get(self, name: str) -> bytes:
        """Reads an object."""
        try:
            return bytes(self._store.get(name).bytes())
        except FileNotFoundError as error:
            raise NotFound(_GONE) from error

    def remove(self, name: str) -> None:
        """Deletes an object."""
        try:
            self._store.delete(name)
        except FileNotFoundError:
            return
