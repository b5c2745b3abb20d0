"""Numbers as people write them in a sentence: 15, １５, 十五, 两, 廿."""

from __future__ import annotations

_DIGITS = {word: i for i, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3}
NUMERAL = r"(?:\d{1,4}|[〇零一二两三四五六七八九十百廿]{1,7})"
"""A number in a pattern; `number` reads it."""


def number(words: str) -> int:
    """Return the number that digits or Chinese numerals write; 0 where they write none.

    Args:
        words: what matches `NUMERAL`.
    """
    if words.isdecimal():
        return int(words)
    words = words.replace("廿", "二十")
    if not any(unit in words for unit in "十百"):
        # Digit by digit, as years are written: 二〇二六.
        return int("".join(str(_DIGITS[one]) for one in words)) if words else 0
    total, digit = 0, 0
    for one in words:
        if one == "百":
            total += max(digit, 1) * 100
            digit = 0
        elif one == "十":
            total += max(digit, 1) * 10
            digit = 0
        else:
            digit = _DIGITS[one]
    return total + digit
