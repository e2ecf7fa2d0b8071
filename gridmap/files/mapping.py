"""Which column of a file is which field: a guess that can be read, and overrides."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from gridmap.errors import FileRefused

_SHORTEST_PART = 2


def guess_mapping(
    columns: Sequence[str], wanted: Mapping[str, Sequence[str]], *, loose: bool = True
) -> dict[str, str]:
    """Field → column, for the fields that a column is known for; no column serves twice.

    ``wanted`` holds each field's known names, best first; letter case, spaces, underscores and
    full-width letters do not matter. With ``loose``, a field still without a column takes the
    only one whose name contains or ends with a known Chinese name (网格名称 for 名称).
    """
    free = {_plain(column): column for column in reversed(columns)}
    mapping: dict[str, str] = {}
    for field, names in wanted.items():
        for name in (field, *names) if field not in names else names:
            if _plain(name) in free:
                mapping[field] = free.pop(_plain(name))
                break
    for field, names in wanted.items() if loose else ():
        found = {key for name in names for key in free if _contains(key, _plain(name))}
        if field not in mapping and len(found) == 1:
            mapping[field] = free.pop(found.pop())
    return {field: mapping[field] for field in wanted if field in mapping}


def apply_overrides(
    mapping: Mapping[str, str], overrides: Iterable[str], columns: Sequence[str]
) -> dict[str, str]:
    """The mapping with overrides of the form ``field=COLUMN``; ``field=`` takes a field out.

    Raises FileRefused for a column that the file has not (with those it has), or another form.
    """
    changed = dict(mapping)
    for override in overrides:
        field, equals, column = (part.strip() for part in override.partition("="))
        if not equals or not field:
            raise FileRefused("列对应要写成 字段=列名，而不是：{given}", given=override)
        if not column:
            changed.pop(field, None)
            continue
        if column not in columns:
            raise FileRefused(
                "没有列 {column}；文件里的列是：{columns}",
                column=column,
                columns="、".join(columns),
            )
        changed = {f: c for f, c in changed.items() if c != column} | {field: column}
    return changed


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum())


def _contains(column: str, name: str) -> bool:
    return len(name) >= _SHORTEST_PART and not name.isascii() and name in column
