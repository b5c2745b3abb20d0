"""The checks of a year, to choose from in the forms of the plan."""

from __future__ import annotations

from django.utils.translation import get_language

from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.overview.desk import Desk
from qipan.spine.campaigns.books import rulebook


def check_options(desk: Desk) -> list[tuple[str, str]]:
    """Return key and words of every check of the year in front that can be lost; none without a year."""
    if desk.year is None:
        return []
    language, book = get_language() or "en", rulebook(desk.year)
    found = []
    for key, line in book.lines.items():
        if not line.counter:
            node, method = book.nodes[line.node], METHODS.get(line.check.method, Text(line.check.method))
            title = line.check.title or node.title
            found.append((key, f"{node.code} {title.into(language)} · {method.into(language)}"))
    return found
