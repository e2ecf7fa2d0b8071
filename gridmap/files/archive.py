"""ZIP archives: nothing leaves the folder it is unpacked to, nothing grows without end."""

import stat
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from gridmap.errors import FileRefused
from gridmap.files.limits import (
    MAX_MEMBERS,
    MAX_UNPACKED_BYTES,
    MAX_UNPACKED_RATIO,
    MIB,
    RATIO_COUNTS_FROM_BYTES,
)

_CHUNK_BYTES = 1 << 20


def check_archive(path: Path) -> list[str]:
    """The names in an archive, after its table of contents was looked through.

    Raises FileRefused for a broken or encrypted archive, a path that escapes, a symbolic link,
    or contents that would be far larger than the archive.
    """
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except (BadZipFile, OSError, NotImplementedError, ValueError):
        raise FileRefused("{name} 不是完好的 ZIP 压缩包", name=path.name) from None
    if len(members) > MAX_MEMBERS:
        raise FileRefused("压缩包里的文件太多：{count} 个", count=len(members))
    for member in members:
        _check_member(member)
    _check_growth(path, sum(member.file_size for member in members))
    return [member.filename for member in members]


def unpack(path: Path, folder: Path, suffixes: frozenset[str]) -> dict[str, Path]:
    """The members with one of the suffixes, written into ``folder`` under names of our own;
    returns the name inside the archive (without its suffix) and suffix → the file written.

    Members that differ only in suffix share a stem, as the parts of a Shapefile must.
    Raises FileRefused as ``check_archive`` does, also where the table of contents lied.
    """
    check_archive(path)
    written: dict[str, Path] = {}
    stems: dict[str, str] = {}
    left = MAX_UNPACKED_BYTES
    with ZipFile(path) as archive:
        for member in archive.infolist():
            name = PurePosixPath(_readable(member))
            hidden = name.name.startswith(".") or "__MACOSX" in name.parts
            if name.suffix.lower() not in suffixes or member.is_dir() or hidden:
                continue
            stem = stems.setdefault(str(name.with_suffix("")).lower(), f"m{len(stems)}")
            target = folder / (stem + name.suffix.lower())
            left -= _extract(archive, member, target, left)
            written[str(name)] = target
    return written


def _check_member(member: ZipInfo) -> None:
    name = member.filename.replace("\\", "/")
    escapes = name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]
    if escapes or stat.S_ISLNK(member.external_attr >> 16):
        raise FileRefused("压缩包里有指向包外的路径：{name}", name=member.filename[:100])
    if member.flag_bits & 1:
        raise FileRefused("压缩包加了密码，请解密后再上传")


def _check_growth(path: Path, unpacked: int) -> None:
    bomb = unpacked > max(RATIO_COUNTS_FROM_BYTES, path.stat().st_size * MAX_UNPACKED_RATIO)
    if bomb or unpacked > MAX_UNPACKED_BYTES:
        raise FileRefused("压缩包解开后会有 {size} MB，不予解开", size=unpacked // MIB)


def _extract(archive: ZipFile, member: ZipInfo, target: Path, limit: int) -> int:
    size = 0
    try:
        with archive.open(member) as source, target.open("wb") as out:
            while chunk := source.read(_CHUNK_BYTES):
                size += len(chunk)
                if size > min(limit, member.file_size):
                    raise FileRefused("压缩包的目录与内容不符，不予解开")
                out.write(chunk)
    except (BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError):
        raise FileRefused("压缩包里的 {name} 已损坏", name=member.filename[:100]) from None
    return size


def _readable(member: ZipInfo) -> str:
    """The name; Chinese Windows writes GBK where the ZIP format assumes code page 437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
