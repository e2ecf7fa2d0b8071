"""Sentences that operations composed, in the words of a page and the language of its reader.

A reason is kept as it was said, filled in. Its message is found again in the catalog by its fixed
parts, and what was filled in goes into the translation. Options of the command line are named
as the page names them.
"""

import re
from functools import cache
from typing import Any

from flask import g

from gridmap.web.language import english, translated

_HOLE = re.compile(r"\{[^}]*\}")
_ON_THE_PAGE = {
    "--map {first}=列名": "“列对应”",
    "--map": "“列对应”",
    "--parent": "“上级区划”",
    "--crs": "“坐标系”",
    "--level": "“级别”",
    "--snap": "“合缝”",
    "--as-is": "“照样载入”",
    "--keep-good": "“只载入好的行”",
}
_IN_ENGLISH = {
    "“列对应”": "“Columns”",
    "“上级区划”": "“Region above”",
    "“坐标系”": "“Coordinates”",
    "“级别”": "“Level”",
    "“合缝”": "“Close slivers”",
    "“照样载入”": "“Load as it is”",
    "“只载入好的行”": "“Load the good rows only”",
}
_OPTION = re.compile("|".join(map(re.escape, _ON_THE_PAGE)))


def refused(error: dict[str, Any]) -> str:
    """A kept refusal (message and facts) as the page says it."""
    return _as_page(translated(error["message"])).format(**error["facts"])


def reason(sentence: str) -> str:
    """Why a row was not taken, as the page says it."""
    said = _in_english(sentence) if g.lang == "en" else sentence
    return _as_page(said)


def _as_page(sentence: str) -> str:
    named = _OPTION.sub(lambda found: _ON_THE_PAGE[found[0]], sentence)
    if g.lang == "en":
        for chinese, words in _IN_ENGLISH.items():
            named = named.replace(chinese, words)
    return named


def _in_english(sentence: str) -> str:
    for pattern, holes, template in _patterns():
        if found := pattern.fullmatch(sentence):
            words = template
            for hole, filling in zip(holes, found.groups(), strict=True):
                words = words.replace(hole, _in_english(filling))
            return words
    return english().get(sentence, sentence)


@cache
def _patterns() -> list[tuple[re.Pattern[str], list[str], str]]:
    """Every message with something to fill in, the most specific first."""
    made = []
    for message, words in english().items():
        holes = _HOLE.findall(message)
        fixed = _HOLE.split(message)
        if holes and sum(map(len, fixed)) > 1:
            pattern = "(.+?)".join(map(re.escape, fixed))
            made.append((re.compile(pattern, re.DOTALL), holes, words))
    return sorted(made, key=lambda one: -len(_HOLE.sub("", one[0].pattern)))
