"""How site types are called, and which parts of a standing lie at sites."""

from __future__ import annotations

from qipan.assessment.text import Text
from qipan.spine.scorecards.queries import OwnedPart, Standing


def type_title(now: Standing, stratum: str) -> Text:
    """Return the title of a stratum: the checklist's, else the standard's own."""
    known = now.book.catalogue.types.get(stratum)
    if known is not None:
        return known.title
    for standard in (now.book.standard, *(sub for _, sub in now.book.subs.values())):
        for code, named in standard.strata.items():
            if now.book.catalogue.canonical(code, standard.aliases) == stratum and named.title:
                return named.title
    return Text(stratum, stratum)


def at_sites(now: Standing, part: OwnedPart) -> bool:
    """Whether a part belongs to a site type; that of a check which applies nowhere and counts as full belongs to none."""
    line = now.book.lines.get(part.check)
    return line is not None and not line.one_thing and not line.survey and bool(part.stratum)
