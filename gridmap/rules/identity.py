"""The check digit of a Chinese identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""

import re

_SHAPE = re.compile(r"\d{17}[\dX]")
_WEIGHTS = tuple(2 ** (17 - n) % 11 for n in range(17))
_DIGITS = "10X98765432"


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are a number whose check digit is right."""
    if not _SHAPE.fullmatch(text):
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return _DIGITS[weighted % 11] == text[17]
