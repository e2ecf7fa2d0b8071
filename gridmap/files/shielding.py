"""Text that a spreadsheet would compute is written with an apostrophe, and read without it."""

import re

DANGEROUS = "=+-@\t\r"
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def shielded(cell: str) -> str:
    """The text as it may stand in a table; a plain negative number stays as it is."""
    if cell[:1] and cell[0] in DANGEROUS and not _PLAIN_NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def unshielded(cell: str | None) -> str | None:
    """The text without the apostrophe that ``shielded`` put before it."""
    if cell and cell[0] == "'" and cell[1:2] and cell[1] in DANGEROUS:
        return cell[1:]
    return cell
