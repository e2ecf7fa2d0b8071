"""Contents by name, in a folder and in S3-compatible storage: the same promises."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from gridmap.errors import NotFound
from gridmap.outside.storage import Folder, Storage, storage_of
from gridmap.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Storage:
    """A folder of the instance."""
    return storage_of(Settings(instance=tmp_path))


@pytest.fixture
def bucket() -> Iterator[Storage]:
    """A bucket of a server on this machine."""
    pytest.importorskip("obstore", reason="obstore is not installed: pip install 'gridmap[s3]'")
    moto = pytest.importorskip("moto.server", reason="moto is not installed: no S3 server to ask")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    requests.put(f"{address}/papers", timeout=30)
    yield storage_of(
        Settings(
            storage="s3://papers/photos",
            storage_endpoint=address,
            storage_key="k",
            storage_secret="s",
        )
    )
    server.stop()


def keeps(storage: Storage) -> None:
    """What every storage promises."""
    storage.put("ab12", b"one")
    storage.put("ab12", b"one")
    storage.put("ab12-320", b"small")
    assert storage.get("ab12") == b"one"
    assert storage.get("ab12-320") == b"small"
    storage.remove("ab12")
    storage.remove("ab12")
    with pytest.raises(NotFound):
        storage.get("ab12")
    assert storage.get("ab12-320") == b"small"


def test_a_folder_keeps_contents(folder: Storage) -> None:
    keeps(folder)


def test_a_bucket_keeps_contents(bucket: Storage) -> None:
    keeps(bucket)


def test_a_folder_is_for_the_program_alone_and_never_holds_half_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Folder(tmp_path / "attachments")
    storage.put("ab12", b"one")
    (file,) = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o077 == 0

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        storage.put("cd34", b"two")
    assert [one.name for one in tmp_path.rglob("*") if one.is_file()] == ["ab12"]
