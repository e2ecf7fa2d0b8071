"""How alike two short texts are, Chinese or not, without a dictionary."""

import unicodedata


def shared(one: str, other: str) -> float | None:
    """The share of pairs of neighboring letters that two texts have in common: 0 to 1.

    Dice's coefficient (Dice 1945) over letters and digits; None where either says nothing.
    """
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return None
    return 2 * len(first & second) / (len(first) + len(second))


def _pairs(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    letters = "".join(letter for letter in plain if letter.isalnum())
    return {letters[n : n + 2] for n in range(len(letters) - 1)}
