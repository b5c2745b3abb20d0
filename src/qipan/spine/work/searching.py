"""Words that a list of work items is searched for."""

from __future__ import annotations

import re

from django.db.models import Q

_IN_NUMBER = re.compile(r"[0-9-]+")


def holds(word: str) -> Q:
    """Return what finds a word, however it is written; each column is one more look at every item of a long list.

    A word without letters that have a small and a great form is looked for as it stands, which is half the work on
    PostgreSQL; the number of an item is looked at for what could stand in one.
    """
    how = "contains" if word.upper() == word.lower() else "icontains"
    found = Q(**{f"title_zh__{how}": word}) | Q(**{f"text__{how}": word}) | Q(**{f"title_en__{how}": word})
    if _IN_NUMBER.fullmatch(word):
        found |= Q(number__contains=word)
    return found | Q(cluster__iexact=word)
