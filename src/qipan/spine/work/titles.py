"""What an item of a checklist is called."""

from __future__ import annotations

from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.text import Text


def title_of(book: Rulebook, item: str, line: Line | None) -> Text:
    """Return what an item is called: by its check, its checklist, else by the check's title or the node's."""
    if line is not None:
        for _, one in line.check.items():
            if one.key == item and one.title:
                return one.title
    listed = book.catalogue.items.get(item)
    if listed is not None and listed.title:
        return listed.title
    if line is not None:
        return line.check.title or book.nodes[line.node].title
    return Text(item, item)
