"""Which encoding a text is in: byte order mark, else strict UTF-8, else strict GB 18030.

GB 18030 rather than GBK: characters of place names in Gansu are missing from GBK.
"""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gridmap.errors import FileRefused
from gridmap.files.shielding import DANGEROUS

_CHUNK_BYTES = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Survey:
    """What one pass over a text file shows: its encoding, its rows where no cell is quoted (else
    None), whether a cell may begin with an apostrophe that shields a formula, and about how many
    characters its longest line has."""

    encoding: str
    lines: int | None
    shielded: bool
    longest_line: int


def survey(path: Path, encoding: str | None = None) -> Survey:
    """Decode the whole file once, in flat memory.

    Raises FileRefused where it decodes in no encoding (or not in the one given) or holds a NUL.
    """
    for candidate in _candidates(path, encoding):
        try:
            return _pass(path, candidate)
        except UnicodeDecodeError:
            continue
    if encoding is not None:
        raise FileRefused("{name} 不是 {encoding} 编码", name=path.name, encoding=encoding)
    raise FileRefused("看不懂 {name} 的文字编码：既不是 UTF-8，也不是 GB 18030", name=path.name)


def encoding_of(cells: Iterable[bytes], width: int = 0) -> str:
    """The encoding of fixed-width cells: UTF-8 or GB 18030.

    A cell that fills its ``width`` may end within a character, as dBASE files cut them.
    """
    for cell in cells:
        if cell.isascii() or _decodes(cell):
            continue
        if width and len(cell) >= width and any(_decodes(cell[:-cut]) for cut in (1, 2, 3)):
            continue
        return "gb18030"
    return "utf-8"


def _candidates(path: Path, encoding: str | None) -> list[str]:
    with path.open("rb") as file:
        start = file.read(4)
    marked = [name for mark, name in _MARKS if start.startswith(mark)]
    if encoding is None:
        return marked or ["utf-8", "gb18030"]
    try:
        wanted = codecs.lookup(encoding).name
    except LookupError:
        raise FileRefused("不认识的文字编码：{encoding}", encoding=encoding) from None
    # GBK and GB 2312 are parts of GB 18030; who names them often means the whole.
    wanted = "gb18030" if wanted in ("gbk", "gb2312") else wanted
    return ["utf-8-sig" if wanted == "utf-8" and marked == ["utf-8-sig"] else wanted]


def _pass(path: Path, encoding: str) -> Survey:
    lines, quoted, shielded, last, run, longest = 0, False, False, "", 0, 0
    for text in _decoded(path, encoding):
        if "\0" in text:
            raise FileRefused("{name} 里有 NUL 字节，不是文本文件", name=path.name)
        lines += text.count("\n")
        quoted = quoted or '"' in text
        shielded = shielded or ("'" in last + text and _shields(last + text))
        last = text[-1:] or last
        run = 0 if "\n" in text or "\r" in text else run + len(text)
        longest = max(longest, run)
    return Survey(encoding, None if quoted else lines + (last != "\n"), shielded, longest)


def _shields(text: str) -> bool:
    return any("'" + mark in text for mark in DANGEROUS)


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True) or ""


def _decodes(cell: bytes) -> bool:
    try:
        cell.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
