"""What a round will look at: the frame of each type, and the list that a census or a seeded draw makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from qipan.assessment.rulebook import Rulebook
from qipan.assessment.sampling import in_order, permanent_number
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.queries import held
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.models import Listing, Selection
from qipan.spine.work.plan.conditions import midnight


@dataclass(frozen=True, slots=True)
class Frame:
    """The sites of one type that are on the register on a day."""

    stratum: str
    title: Text
    sites: Mapping[str, Text]
    """code → name"""
    official: int | None
    """How many the official assessors draw; None where the standard names no number."""
    respondents: bool
    """A group of respondents: its "sites" are survey zones."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A site on a list to be, with its permanent random number (None in a census)."""

    stratum: str
    code: str
    name: Text
    number: int | None


def stratum_title(book: Rulebook, stratum: str) -> Text:
    """Return the title of a stratum: the checklist's, else the standard's own, else its code."""
    known = book.catalogue.types.get(stratum)
    if known is not None:
        return known.title
    for standard in (book.standard, *(sub for _, sub in book.subs.values())):
        for code, named in standard.strata.items():
            if book.catalogue.canonical(code, standard.aliases) == stratum and named.title:
                return named.title
    return Text(stratum, stratum)


def frames(year: CampaignYear, on: date) -> list[Frame]:
    """Return the types that the year's standard looks at and of which sites are registered (two statements).

    A type without a checklist has nothing to be looked at by and is left out.
    """
    book = rulebook(year)
    wanted: dict[str, bool] = {}
    for line in book.lines.values():
        if not line.one_thing and not line.counter:
            for stratum, items in line.strata.items():
                if items and stratum != UNSTRATIFIED:
                    wanted[stratum] = wanted.get(stratum, True) and line.survey
    there: dict[str, dict[str, Text]] = {}
    registered = Site.objects.filter(held(on), county_id=year.campaign.county_id, type__in=wanted).order_by("code")
    for kind, code, zh, en in registered.values_list("type", "code", "name_zh", "name_en"):
        there.setdefault(kind, {})[code] = Text(zh, en)
    official = _official(book)
    found = [
        Frame(stratum, stratum_title(book, stratum), there[stratum], official.get(stratum), survey)
        for stratum, survey in wanted.items()
        if stratum in there
    ]
    return sorted(found, key=lambda frame: (frame.respondents, -len(frame.sites), frame.stratum))


def _official(book: Rulebook) -> dict[str, int]:
    found: dict[str, int] = {}
    for standard in (book.standard, *(sub for _, sub in book.subs.values())):
        for code, named in standard.strata.items():
            if named.official_sample is not None:
                found.setdefault(book.catalogue.canonical(code, standard.aliases), named.official_sample)
    return found


def last_drawn(year: CampaignYear, before: date) -> dict[str, int]:
    """Return how many of each type the last draw of it took that was opened before a day (one statement)."""
    rows = Listing.objects.filter(
        round__county_id=year.campaign.county_id,
        round__selection=Selection.DRAWN,
        round__opened_at__lt=midnight(before),
    ).order_by("round__opened_at", "round_id", "stratum")
    counts = rows.values_list("round__opened_at", "round_id", "stratum").annotate(n=Count("id"))
    return {stratum: n for _at, _pk, stratum, n in counts}


def census(of: Iterable[Frame]) -> list[Drawn]:
    """List every site of some types."""
    return [Drawn(frame.stratum, code, name, None) for frame in of for code, name in frame.sites.items()]


def drawn(of: Sequence[Frame], seed: str, numbers: Mapping[str, int]) -> list[Drawn]:
    """Draw so many sites of each type by a seed, in the order of their permanent random numbers."""
    return [
        Drawn(frame.stratum, code, frame.sites[code], permanent_number(seed, frame.stratum, code))
        for frame in of
        if numbers.get(frame.stratum)
        for code in in_order(seed, frame.stratum, frame.sites)[: numbers[frame.stratum]]
    ]
