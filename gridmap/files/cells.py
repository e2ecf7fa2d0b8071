"""A typed cell (of a workbook, of a map file) as text."""

import math
from datetime import date, datetime

EXACT_NUMBERS_BELOW = 1e15
"""Spreadsheets, and numbers with a decimal point anywhere, keep 15 digits."""
DIGITS_LOST = "数字超过 15 位，后面的位数已经丢失；请把这一列设成文本再填"


def cell_text(cell: object) -> str | None:
    """A cell as text: 49.0 is "49", a date is ISO 8601, an empty cell is None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def lost_digits(cell: object) -> bool:
    """Whether a number can no longer be the identifier that was typed."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return abs(cell) >= EXACT_NUMBERS_BELOW


def _number_text(number: float) -> str | None:
    if not math.isfinite(number):
        return None
    return str(int(number)) if number.is_integer() else repr(number)
