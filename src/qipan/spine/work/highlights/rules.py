"""Rules of highlights that need no table."""

from __future__ import annotations

import re

NUMBER = re.compile(r"\d|百分之|[一二三四五六七八九十百千万两]+余?(?:成|倍|个|家|处|件|次|户|人|天|条|名)")
"""A number as a claim has one, in digits or in words. An idiom may be taken for one; the mark does it no harm."""


def self_reported(*texts: str) -> bool:
    """Whether a text claims a number. No figure of the record stands behind it, so it is marked as the unit's own word."""
    return any(NUMBER.search(text) for text in texts)
