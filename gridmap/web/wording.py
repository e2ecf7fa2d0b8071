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

FIELDS = {
    "code": "编号",
    "name": "名称",
    "name_en": "英文名",
    "boundary": "有无边界",
    "parent": "上级代码",
    "region": "区划代码",
    "phone": "电话",
    "address": "地址",
    "grid": "网格编号",
    "tags": "标签",
    "number": "编号",
    "village": "所属村",
    "category": "类别",
    "severity": "轻重",
    "occurred_at": "发生时间",
    "received_at": "受理时间",
    "resolved_at": "办结时间",
    "accuracy_m": "定位误差（米）",
    "state": "状态",
    "words": "内容",
    "channel": "渠道",
    "post": "职务",
    "kind": "任职",
    "identity": "身份证号",
    "from": "开始日期",
    "to": "结束日期",
    "lon": "经度",
    "lat": "纬度",
    "wkt": "几何（WKT）",
}
"""What the fields of imports are called."""

_FIELDS_OF = {
    ("grids", "number"): "网格号",
    ("incidents", "number"): "上报编号",
    ("workers", "code"): "工号",
    ("workers", "name"): "姓名",
    ("households", "name"): "姓名",
}

_MISSING = re.compile(r"缺少 (\w+)")
_DETAILS = re.compile("[：（]")
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


def field(kind: str, id: str) -> tuple[str, int | None]:
    """What a field of a kind of import is called, in Chinese; fields of the second and later
    persons of a household carry their number (name2)."""
    plain = id.rstrip("0123456789")
    number = id.removeprefix(plain)
    return _FIELDS_OF.get((kind, plain), FIELDS.get(plain, plain)), int(number) if number else None


def refused(error: dict[str, Any]) -> str:
    """A kept refusal (message and facts) as the page says it."""
    facts = error["facts"]
    if missing := facts.get("missing"):
        named = [translated(FIELDS.get(field, field)) for field in missing.split("、")]
        facts = facts | {"missing": ("、" if g.lang == "zh" else ", ").join(named)}
    return _as_page(translated(error["message"])).format(**facts)


def reason(sentence: str) -> str:
    """Why a row was not taken, as the page says it."""
    named = _MISSING.sub(
        lambda found: f"缺少 {translated(FIELDS.get(found[1], found[1]))}", sentence
    )
    said = _in_english(named) if g.lang == "en" else named
    return _as_page(said.replace("缺少 ", "缺少"))


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
    return english().get(sentence) or _head_in_english(sentence)


def _head_in_english(sentence: str) -> str:
    """A known reason before its details: 坐标超出坐标系的范围：200, 95；经度和纬度可能写反了."""
    head, *details = _DETAILS.split(sentence, maxsplit=1)
    if not details or head not in english():
        return sentence
    said, hint, why = details[0].removesuffix("）").partition("；")
    return f"{english()[head]}: {said}{english().get(hint + why, hint + why)}"


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
