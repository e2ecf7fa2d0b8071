"""The code by which a reporter follows a report: 80 bits in Crockford's base 32, four groups."""

import re

from gridmap.errors import NotFound

BYTES = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKS_LIKE = str.maketrans("OILoil", "011011")
_CODE = re.compile(f"[{_ALPHABET}]{{16}}")
_BETWEEN = re.compile(r"[\s\-‐–—－]+")


def spell(secret: bytes) -> str:
    """Ten bytes as XXXX-XXXX-XXXX-XXXX."""
    number = int.from_bytes(secret, "big")
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(letters[n : n + 4] for n in range(0, 16, 4))


def read(typed: str) -> str:
    """The code however it was typed: small letters, spaces, O for 0; NotFound for what is none."""
    plain = _BETWEEN.sub("", typed).translate(_LOOKS_LIKE).upper()
    if not _CODE.fullmatch(plain):
        raise NotFound("没有这个编码，请对照回执再输一次。")
    return "-".join(plain[n : n + 4] for n in range(0, 16, 4))
