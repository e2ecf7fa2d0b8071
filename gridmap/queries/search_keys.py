"""Pinyin keys of Chinese names, made when a name is written: ``kl`` and ``kangle`` find 康乐.

Place names are read in ways that dictionaries do not know, so initials are kept for every
reading of each character; the full spelling is the phrase's usual one.
"""

import itertools

_MOST_KEYS = 16
_READ_LOCALLY = {"宕": ["d", "t"], "崆": ["k"], "峒": ["t", "d"]}


def keys_of(name: str) -> list[str]:
    """Lower-case keys: initials in every reading (16 at most), and the full spelling."""
    # importing takes a sixth of a second, which only a writer of names should pay
    import pypinyin

    letters = [
        _READ_LOCALLY.get(character)
        or sorted({one[0].lower() for one in _readings(character) if one})
        or [character.lower()]
        for character in name
        if character.isalnum()
    ]
    initials = itertools.islice(itertools.product(*letters), _MOST_KEYS)
    spelled = "".join(pypinyin.lazy_pinyin(name)).lower().replace(" ", "")
    return sorted({"".join(one) for one in initials} | {spelled})


def _readings(character: str) -> list[str]:
    import pypinyin

    return list(pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True)[0])
