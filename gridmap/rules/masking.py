"""What of a person is shown to those who need not know all of it."""

import re
from collections.abc import Collection

_GAP = r"[-\s.·－—–．\u200b]?"
"""What people put between the digits of a number that they write in groups."""
_PHONE = re.compile(
    rf"(?<!\d)(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)"
    rf"|(?<!\d)[(（]?0\d{{2,3}}[)）]?{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)"
)
_IDENTITY = re.compile(
    rf"(?<!\d)\d{{6}}{_GAP}(?:18|19|20)(?:{_GAP}\d){{6}}{_GAP}\d{{3}}{_GAP}[\dXxＸｘ](?!\d)"
    r"|(?<!\d)\d{15}(?!\d)"
)
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
HIDDEN_PHONE, HIDDEN_IDENTITY = "［电话已隐去］", "［证件号已隐去］"
HIDDEN_NAME = "［姓名已隐去］"


def name(full: str) -> str:
    """张*: the family name stays."""
    return f"{full[:1]}*" if full else ""


def phone(number: str) -> str:
    """138****5678; of a shorter number the last two digits stay."""
    if len(number) >= 11:
        return f"{number[:3]}****{number[-4:]}"
    return f"****{number[-2:]}" if number else ""


def words(text: str, names: Collection[str] = ()) -> str:
    """Free text without any phone or identity number in it: all of them, not only the first.

    Nor does any of the ``names`` stay. Full-width digits count as digits; identity numbers go
    first, since a phone may hide in one, and of names the longest, since a short one may be a
    part of it.
    """
    plain = text.translate(_WIDE)
    hidden = _PHONE.sub(HIDDEN_PHONE, _IDENTITY.sub(HIDDEN_IDENTITY, plain))
    for one in sorted(filter(None, names), key=len, reverse=True):
        hidden = hidden.replace(one, HIDDEN_NAME)
    return hidden
