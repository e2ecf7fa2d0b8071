"""What of a person is shown to those who need not know all of it."""

import re

_PHONE = re.compile(
    r"(?<!\d)(?:\+?86[-\s]?)?(1[3-9]\d)[-\s]?(\d{4})[-\s]?(\d{4})(?!\d)"
    r"|(?<!\d)0\d{2,3}[-\s]?\d{7,8}(?!\d)"
)
_IDENTITY = re.compile(
    r"(?<!\d)\d{6}[-\s]?(?:18|19|20)\d{6}[-\s]?\d{3}[\dXxＸ](?!\d)|(?<!\d)\d{15}(?!\d)"
)
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
HIDDEN_PHONE, HIDDEN_IDENTITY = "［电话已隐去］", "［证件号已隐去］"


def name(full: str) -> str:
    """张*: the family name stays."""
    return f"{full[:1]}*" if full else ""


def phone(number: str) -> str:
    """138****5678; of a shorter number the last two digits stay."""
    if len(number) >= 11:
        return f"{number[:3]}****{number[-4:]}"
    return f"****{number[-2:]}" if number else ""


def words(text: str) -> str:
    """Free text without any phone or identity number in it: all of them, not only the first.

    Full-width digits count as digits; identity numbers go first, since a phone may hide in one.
    """
    plain = text.translate(_WIDE)
    return _PHONE.sub(HIDDEN_PHONE, _IDENTITY.sub(HIDDEN_IDENTITY, plain))
