"""The generator's tables in small files and back, equal to the byte on every run.

One file a table: a JSON header, then each column's numbers, all in one LZMA stream. Whole
numbers are stored as differences where that is smaller, split into planes of bytes. Text is
stored as patterns with their digits taken out ("柳川镇松岭村二社 #号") and the numbers apart.
Shapes are their lattice coordinates. Nothing in a file tells when or where it was made.
"""

import json
import lzma
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.errors import FileRefused
from gridmap.synth.arrays import Ints
from gridmap.synth.batch import TABLES, Batch, Column, Kind, shapes

SUFFIX = ".table.xz"
_FORMAT = 1
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]
_DIGITS = re.compile(r"\d+")
_NONE = "\x00"
_TAG_SEPARATOR = "\x1f"

Facts = dict[str, Any]


def pack(batches: Iterable[Batch], folder: Path) -> None:
    """Writes every table of the batches into ``folder``, one file each, replacing older ones."""
    tables: dict[str, list[Batch]] = {}
    for batch in batches:
        tables.setdefault(batch.table, []).append(batch)
    for table, parts in tables.items():
        writer = _Writer()
        facts = {
            name: writer.column(kind, _joined([part.columns[name] for part in parts]))
            for name, kind in TABLES[table].items()
        }
        header = {"format": _FORMAT, "rows": sum(map(len, parts)), "columns": facts}
        (folder / f"{table}{SUFFIX}").write_bytes(writer.finished(header))


def unpack(folder: Path) -> Iterator[Batch]:
    """The packed tables of a folder in loading order, one batch each.

    Raises FileRefused for a file that ``pack`` did not write.
    """
    for table, kinds in TABLES.items():
        file = folder / f"{table}{SUFFIX}"
        if not file.exists():
            continue
        try:
            reader = _Reader(lzma.decompress(file.read_bytes()))
            facts = reader.header["columns"]
            columns = {name: reader.column(kind, facts[name]) for name, kind in kinds.items()}
        except (lzma.LZMAError, ValueError, KeyError, IndexError) as error:
            raise FileRefused("示例数据文件 {file} 已损坏，请重新生成", file=file.name) from error
        yield Batch(table, columns)


def _joined(parts: list[Column]) -> Column:
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return [item for part in parts for item in part]


class _Writer:
    """Collects the bytes of one file; each method returns what reading it back needs."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def column(self, kind: Kind, values: Column) -> Any:
        """A column of that kind."""
        match kind:
            case "int":
                return self.ints(np.asarray(values, np.int64))
            case "degrees":
                return self.ints(np.rint(np.asarray(values) * 1e7).astype(np.int64))
            case "shape":
                return self.shapes(np.asarray(values, object))
            case "tags":
                return self.text([_TAG_SEPARATOR.join(tags) for tags in values])
            case "optional":
                return self.text([_NONE if text is None else text for text in values])
            case "text":
                return self.text(list(values))

    def ints(self, values: Ints) -> Facts:
        """Plain or as differences, whichever spans less; zigzag; byte plane by byte plane."""
        steps = np.diff(values, prepend=0)
        differ = bool(len(values) and np.abs(steps).mean() < np.abs(values).mean())
        numbers = steps if differ else values
        zigzag = ((numbers << 1) ^ (numbers >> 63)).astype("<u8")
        width = max(1, (int(zigzag.max(initial=0)).bit_length() + 7) // 8)
        planes = zigzag.view(np.uint8).reshape(-1, 8)[:, :width]
        self.pieces.append(np.ascontiguousarray(planes.T).tobytes())
        return {"n": len(values), "width": width, "differ": differ}

    def text(self, values: Sequence[str]) -> Facts:
        """Which pattern each text follows, and the numbers that fill it."""
        patterns: dict[str, int] = {}
        codes = np.empty(len(values), np.int64)
        filling: list[list[str]] = []
        for row, value in enumerate(values):
            codes[row] = patterns.setdefault(_pattern(value), len(patterns))
            filling.append(_DIGITS.findall(value))
        holes = np.array([len(digits) for digits in filling], np.int64)
        table = np.zeros((int(holes.max(initial=0)), len(values)), np.int64)
        at = np.repeat(np.arange(len(values)), holes)
        table[np.arange(len(at)) - np.searchsorted(at, at), at] = [
            int(number) for digits in filling for number in digits
        ]
        return {
            "patterns": list(patterns),
            "codes": self.ints(codes),
            "numbers": [self.ints(row) for row in table],
        }

    def shapes(self, values: NDArray[np.object_]) -> list[Facts]:
        """Shapes of one type together: coordinates as steps along the rings, and offsets."""
        types = shapely.get_type_id(values)
        return [self._of_one_type(values, types == number) for number in np.unique(types)]

    def _of_one_type(self, values: NDArray[np.object_], own: NDArray[np.bool_]) -> Facts:
        form, coordinates, offsets = shapely.to_ragged_array(values[own])
        lattice = np.rint(coordinates * 1e7).astype(np.int64)
        return {
            "type": int(form),
            "rows": self.ints(np.flatnonzero(own)),
            "lon": self.ints(lattice[:, 0]),
            "lat": self.ints(lattice[:, 1]),
            "offsets": [self.ints(np.asarray(part, np.int64)) for part in offsets],
        }

    def finished(self, header: Facts) -> bytes:
        """The file: length of the header, header, pieces."""
        head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
        body = len(head).to_bytes(4, "little") + head + b"".join(self.pieces)
        return lzma.compress(body, format=lzma.FORMAT_XZ, filters=_FILTERS)


def _pattern(text: str) -> str:
    """Text with each run of digits as ``#;``, or ``#0n;`` if leading zeros make it n wide."""
    if "#" in text:
        raise ValueError(text)
    return _DIGITS.sub(_hole, text)


def _hole(match: re.Match[str]) -> str:
    digits = match.group()
    return f"#{len(digits):02x};" if digits[0] == "0" and len(digits) > 1 else "#;"


class _Reader:
    """Reads in the order in which _Writer wrote."""

    def __init__(self, body: bytes) -> None:
        start = 4 + int.from_bytes(body[:4], "little")
        self.header: Facts = json.loads(body[4:start])
        if self.header["format"] != _FORMAT:
            raise ValueError(self.header["format"])
        self.body, self.at = body, start

    def column(self, kind: Kind, facts: Any) -> Column:
        """The next column, of that kind."""
        match kind:
            case "int":
                return self.ints(facts)
            case "degrees":
                return self.ints(facts) / 1e7
            case "shape":
                return self.shapes(facts)
            case "tags":
                return self.text(facts, lambda text: text.split(_TAG_SEPARATOR) if text else [])
            case "optional":
                return self.text(facts, lambda text: None if text == _NONE else text)
            case "text":
                return self.text(facts, str)

    def ints(self, facts: Facts) -> Ints:
        """Whole numbers."""
        count, width = facts["n"], facts["width"]
        planes = np.frombuffer(self.body, np.uint8, count * width, self.at).reshape(width, count)
        self.at += count * width
        zigzag = np.zeros((count, 8), np.uint8)
        zigzag[:, :width] = planes.T
        coded = zigzag.view("<u8").ravel()
        numbers = (coded >> np.uint64(1)).astype(np.int64) ^ -(coded & np.uint64(1)).astype(
            np.int64
        )
        return numbers.cumsum() if facts["differ"] else numbers

    def text(self, facts: Facts, finish: Callable[[str], Any]) -> list[Any]:
        """Texts, each through ``finish``."""
        codes = self.ints(facts["codes"])
        numbers = [self.ints(row) for row in facts["numbers"]]
        patterns: list[str] = facts["patterns"]
        if not numbers:
            done = [finish(pattern) for pattern in patterns]
            return [done[code] for code in codes.tolist()]
        forms = [_format(pattern, len(numbers)) for pattern in patterns]
        rows = zip(codes.tolist(), *(row.tolist() for row in numbers), strict=True)
        return [finish(forms[code] % tuple(values)) for code, *values in rows]

    def shapes(self, facts: list[Facts]) -> NDArray[np.object_]:
        """Shapes of any types, in their order."""
        found = []
        for one in facts:
            rows = self.ints(one["rows"])
            coordinates = np.column_stack([self.ints(one["lon"]), self.ints(one["lat"])]) / 1e7
            offsets = tuple(self.ints(part) for part in one["offsets"])
            form = shapely.GeometryType(one["type"])
            found.append((rows, shapely.from_ragged_array(form, coordinates, offsets)))
        column = shapes([None] * sum(len(rows) for rows, _ in found))
        for rows, items in found:
            column[rows] = items
        return column


def _format(pattern: str, numbers: int) -> str:
    """A %-format of exactly that many numbers; those that the pattern lacks print as nothing."""
    form, holes = re.subn(
        r"#(\w*);",
        lambda hole: f"%0{int(hole[1], 16)}d" if hole[1] else "%d",
        pattern.replace("%", "%%"),
    )
    return form + "%.0s" * (numbers - holes)
