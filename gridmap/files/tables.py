"""Small tables as files in memory: the figures of a center."""

import tempfile
from pathlib import Path
from typing import Any

from gridmap.files.writing import write_table

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_COLUMNS = ("taken_in", "resolved", "rate", "median_hours", "satisfaction", "overdue")
_FIRST = {"zh": "名称", "en": "Name"}


def figures_table(found: dict[str, Any], lang: str, suffix: str) -> bytes:
    """The figures as the bytes of a CSV or XLSX file, with a line saying how each is computed."""
    titles = [found["figures"][id][lang] for id in _COLUMNS]
    rows = [(row["name"][lang], *(_rounded(row[id]) for id in _COLUMNS)) for row in found["rows"]]
    notes = [(f"{one[lang]}: {one['how'][lang]}", *("",) * 6) for one in found["figures"].values()]
    period = (f"{found['from']} – {found['to']}", *("",) * 6)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"figures.{suffix}"
        write_table(file, [_FIRST[lang], *titles], [*rows, period, *notes])
        return file.read_bytes()


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
