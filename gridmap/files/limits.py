"""How much of a file is taken before it is refused; and the one check of its size."""

from pathlib import Path

from gridmap.errors import FileRefused

MIB = 1 << 20

MAX_TABLE_BYTES = 8192 * MIB
MAX_SHEET_BYTES = 64 * MIB
"""A workbook; it unpacks to some fifteen times that in memory."""
MAX_MAP_BYTES = 2048 * MIB
MAX_TEXT_MAP_BYTES = 256 * MIB
"""GeoJSON and KML are read at once and take some ten times their size."""
MAX_UNPACKED_BYTES = 2048 * MIB
MAX_UNPACKED_RATIO = 200
"""Real map files shrink 2 to 20 times; a zip bomb a thousand times and more."""
RATIO_COUNTS_FROM_BYTES = 32 * MIB
MAX_MEMBERS = 1000
MAX_GEOMETRY_BYTES = 64 * MIB
MAX_GEOMETRY_POINTS = 2_000_000
MAX_CELL_CHARS = 16_000_000
MAX_LINE_CHARS = 64_000_000
MAX_COLUMNS = 1000
SAMPLE_ROWS = 2000


def check_size(path: Path, limit: int) -> None:
    """Refuse a file above ``limit`` bytes, or one that is empty or cannot be read."""
    try:
        size = path.stat().st_size
    except OSError:
        raise FileRefused("读不到文件：{name}", name=path.name) from None
    if not path.is_file():
        raise FileRefused("{name} 不是文件", name=path.name)
    if size == 0:
        raise FileRefused("文件是空的：{name}", name=path.name)
    if size > limit:
        raise FileRefused(
            "文件太大：{name} 有 {size} MB，上限 {limit} MB",
            name=path.name,
            size=size // MIB,
            limit=limit // MIB,
        )
