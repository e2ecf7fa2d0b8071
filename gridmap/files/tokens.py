"""Colors of the design, by the names that the style sheets use: what leaves the browser has them.

A palette names tokens (``--seq-0``); pages that stand alone need the colors themselves.
"""

import re
from functools import cache
from pathlib import Path

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
_LIGHT = re.compile(r":root\{(.*?)\n\}", re.DOTALL)
_COLOR = re.compile(r"(--[\w-]+):(#[0-9A-Fa-f]{6})(?![0-9A-Fa-f])")


@cache
def colors() -> dict[str, str]:
    """Token → "#RRGGBB" of the light theme, for tokens that are an opaque color."""
    light = _LIGHT.search(TOKENS.read_text("utf-8"))
    return dict(_COLOR.findall(light[1])) if light else {}
