"""Photos and documents in a backup: those that the database names, by the hash of their content."""

import io
import re
import tarfile
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, text

from gridmap.errors import FileRefused, NotFound
from gridmap.operations.attachments import THUMBNAIL_SUFFIX
from gridmap.outside.storage import Storage

_FOLDER = "attachments/"
_NAME = re.compile(rf"{_FOLDER}(([0-9a-f]{{64}})({THUMBNAIL_SUFFIX})?)")
_NAMED = """
SELECT encode(sha256, 'hex') AS name, bool_or(media_type LIKE 'image/%') AS picture
  FROM attachment WHERE complete GROUP BY sha256 ORDER BY sha256
"""


@dataclass(frozen=True)
class Photos:
    """How many contents were carried, and how many the database names that are not there."""

    carried: int
    missing: int


def pack(archive: tarfile.TarFile, connection: Connection, storage: Storage) -> Photos:
    """Puts into an archive whatever the database names; what is gone from its place is counted."""
    carried = missing = 0
    for row in connection.execute(text(_NAMED)):
        try:
            _add(archive, row.name, storage.get(row.name))
            carried += 1
        except NotFound:
            missing += 1
            continue
        if row.picture:
            small = f"{row.name}{THUMBNAIL_SUFFIX}"
            _add(archive, small, storage.get(small))
    return Photos(carried, missing)


def unpack(archive: tarfile.TarFile, storage: Storage) -> set[str]:
    """Puts the contents of an archive into their place; the hashes of those that were in it.

    A content is named by its hash, so that one that is there already stays, and what a restore
    that failed left behind harms nobody. Raises FileRefused for one that is not what it is called.
    """
    found = set()
    for member in archive:
        known = _NAME.fullmatch(member.name)
        taken = archive.extractfile(member) if known else None
        if known is None or taken is None:
            continue
        content = taken.read()
        if not known[3] and sha256(content).hexdigest() != known[2]:
            raise FileRefused("备份里的照片 {name} 坏了；没有恢复任何东西。", name=known[2])
        storage.put(known[1], content)
        found.add(known[2])
    return found


def missing(connection: Connection, found: set[str]) -> Photos:
    """What of the photos that the database names was found in a backup."""
    named = {row.name for row in connection.execute(text(_NAMED))}
    return Photos(len(named & found), len(named - found))


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    told = tarfile.TarInfo(f"{_FOLDER}{name}")
    told.size, told.mode = len(content), 0o600
    archive.addfile(told, io.BytesIO(content))
