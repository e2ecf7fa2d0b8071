"""A month of the safety index as a file: enough to compute every number in it again."""

import tempfile
from pathlib import Path
from typing import Any

from gridmap.files.writing import Row, write_table

_COLUMNS = {
    "zh": ("月份", "区域路径", "名称", "平安指数", "区间下限", "区间上限", "等级", "名次从", "到"),
    "en": ("Month", "Area path", "Name", "Index", "Low", "High", "Grade", "Rank from", "to"),
}
_PARTS = {"zh": ("值", "得分", "计数", "基数"), "en": ("value", "points", "count", "of")}
_STATE = {"zh": ["状态", "发布人", "发布时间", "公式版本"], "en": ["State", "By", "At", "Formula"]}
_WORDS = {"zh": ("已发布", "未发布"), "en": ("published", "draft")}


def index_table(found: dict[str, Any], lang: str, suffix: str) -> bytes:
    """The regions of a page as the bytes of a CSV or XLSX file, then the formula line by line.

    A published month gives the same bytes whenever it is asked for.
    """
    dimensions = found["formula"]["dimensions"]
    titles = [f"{one[lang]} {part}" for one in dimensions for part in _PARTS[lang]]
    columns = [*_COLUMNS[lang], *titles, *_STATE[lang]]
    own = [found["area"]] if found["area"] else []
    rows = [_row(one, found, lang) for one in (*own, *found["rows"])]
    notes = [(line, *("",) * (len(columns) - 1)) for line in _formula(found["formula"], lang)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"index.{suffix}"
        write_table(file, columns, [*rows, *notes])
        return file.read_bytes()


def _row(one: dict[str, Any], found: dict[str, Any], lang: str) -> Row:
    grade, rank, out = one["grade"], one["rank"], one["published"]
    cells: list[object] = [found["month"], one["path"], one["name"]]
    cells += [one["index"], one["low"], one["high"]]
    cells += [None if grade is None else found["formula"]["grades"][grade][lang]]
    cells += rank or [None, None]
    for dimension in found["formula"]["dimensions"]:
        part = one["dimensions"].get(dimension["id"], {})
        value = part.get("value")
        cells += [None if value is None else round(value, 3), part.get("points")]
        cells += [part.get("n"), _rounded(part.get("of"))]
    cells += [_WORDS[lang][0 if out else 1]]
    cells += [out["by"], out["at"], out["formula_version"]] if out else [None, None, None]
    return tuple(cells)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _formula(formula: dict[str, Any], lang: str) -> list[str]:
    version = formula["version"]
    lines = [f"公式第 {version} 版" if lang == "zh" else f"Formula, version {version}"]
    for one in formula["dimensions"]:
        scale = f"{one['weight']}; {one['zero']:g} → {one['full']:g} {one['unit'][lang]}"
        lines.append(f"{one[lang]}: {scale}. {one['how'][lang]}")
    return lines
