"""Which standards a campaign may be judged by, and what comes with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Prefetch

from qipan.assessment.catalogue import Catalogue
from qipan.assessment.standard import Completeness, Standard
from qipan.assessment.text import Text
from qipan.overview.editions import edition_title
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.ledger.models import Observation
from qipan.spine.standards.formats import Pack
from qipan.spine.standards.formats.canonical import spoken
from qipan.spine.standards.models import Edition
from qipan.spine.standards.queries import pack as stored_pack
from qipan.spine.standards.shipped import goes_with, shipped


@dataclass(frozen=True, slots=True)
class PackCard:
    """A pack as a card shows it: what it is, where it is from, and how much of the published text it holds."""

    hash: str
    kind: str
    name: str
    title: Text
    edition: Text
    source: Text
    completeness: Completeness | None
    nodes: int
    checks: int
    items: int
    stored: bool


@dataclass(frozen=True, slots=True)
class StandardCard:
    """A standard to choose, and what comes with it."""

    card: PackCard
    companions: tuple[PackCard, ...]
    absent: tuple[str, ...]
    """Sub-standards that it names and that are not at hand."""
    more: tuple[PackCard, ...] = ()
    """Other lists that could be pinned with it."""
    years: tuple[int, ...] = ()
    """The campaign's years that it judges already."""


@dataclass(frozen=True, slots=True)
class PinnedYear:
    """A year of the cycle with its pins; `pk` is None where it has none yet."""

    year: int
    pk: int | None
    standard: Text
    hash: str
    companions: tuple[Text, ...]
    recorded: bool
    assumed_cut: str
    absent_types: tuple[str, ...]


def _packs() -> list[Pack]:
    """Everything that may be pinned: what is stored, the newest of a name first, then what comes with the product."""
    hashes = list(Edition.objects.order_by("-stored_at", "hash").values_list("hash", flat=True))
    known = {pack.hash: pack for pack in shipped()}
    stored = [known.get(name) or stored_pack(name) for name in hashes]
    return [*stored, *(pack for pack in shipped() if pack.hash not in hashes)]


def standard_cards(campaign: Campaign | None) -> list[StandardCard]:
    """Return the standards to choose from, those that judge a year first."""
    packs = _packs()
    stored = set(Edition.objects.values_list("hash", flat=True))
    years: dict[str, list[int]] = {}
    if campaign is not None:
        for digest, year in campaign.years.order_by("year").values_list("standard_id", "year"):
            years.setdefault(digest, []).append(year)
    found = [
        _card_of(pack, packs, stored, tuple(years.get(pack.hash, ()))) for pack in packs if pack.kind == "standard"
    ]
    named = {sub.id for pack in packs if pack.kind == "standard" for sub in pack.standard.sub_standards}
    # What counts only as a part of another stands last.
    return sorted(found, key=lambda one: (not one.years, one.card.name in named, -one.card.checks, one.card.name))


def standard_card(campaign: Campaign, digest: str) -> StandardCard | None:
    """Return one standard to choose, or None if there is none of this hash."""
    return next((one for one in standard_cards(campaign) if one.card.hash == digest), None)


def _card_of(pack: Pack, packs: list[Pack], stored: set[str], years: tuple[int, ...]) -> StandardCard:
    others = [other for other in packs if other.hash != pack.hash and other.name != pack.name]
    with_it = goes_with(pack.standard, others)
    held = {each.name for each in with_it}
    chosen = {each.hash for each in with_it}
    more = [each for each in others if each.kind != "standard" and each.hash not in chosen]
    return StandardCard(
        card=_card(pack, stored),
        companions=tuple(_card(each, stored) for each in with_it),
        absent=tuple(sub.id for sub in pack.standard.sub_standards if sub.id not in held),
        more=tuple(_card(each, stored) for each in more),
        years=years,
    )


def _card(pack: Pack, stored: set[str]) -> PackCard:
    value = pack.value
    nodes = len(value.nodes) if isinstance(value, Standard) else 0
    checks = sum(1 for _ in value.checks()) if isinstance(value, Standard) else 0
    items = len(value.items) if isinstance(value, Catalogue) else 0 if isinstance(value, Standard) else len(value)
    return PackCard(
        hash=pack.hash,
        kind=pack.kind,
        name=pack.name,
        title=edition_title(pack.kind, pack.name, Text(*spoken(pack.data.get("title")))),
        edition=Text(*spoken(pack.data.get("edition"))),
        source=Text(*spoken(pack.data.get("source"))),
        completeness=_completeness(pack.data),
        nodes=nodes,
        checks=checks,
        items=items,
        stored=pack.hash in stored,
    )


def _completeness(data: Mapping[str, Any]) -> Completeness | None:
    said = data.get("completeness")
    if not isinstance(said, Mapping):
        return None
    status: Literal["complete", "partial"] = "complete" if said.get("status") == "complete" else "partial"
    return Completeness(status, Text(*spoken(said.get("note"))), tuple(str(code) for code in said.get("missing", ())))


def pinned_years(campaign: Campaign) -> list[PinnedYear]:
    """Return every year of a campaign's cycle with its pins (three statements)."""
    rows = {
        row.year: row
        for row in CampaignYear.objects.filter(campaign=campaign)
        .defer("standard__content")
        .select_related("standard")
        .prefetch_related(Prefetch("companions", Edition.objects.defer("content")))
    }
    seen = set(
        Observation.objects.filter(county_id=campaign.county_id, year__in=list(rows))
        .order_by()
        .values_list("year", flat=True)
        .distinct()
    )
    found = []
    for number in range(campaign.first_year, campaign.last_year + 1):
        row = rows.get(number)
        if row is None:
            found.append(PinnedYear(number, None, Text(), "", (), number in seen, "", ()))
            continue
        companions = tuple(edition_title(one.kind, one.name, one.title) for one in row.companions.all())
        cut = "" if row.assumed_cut is None else f"{row.assumed_cut.normalize():f}"
        found.append(
            PinnedYear(
                number, row.pk, row.standard.title, row.standard_id, companions, number in seen, cut,
                tuple(row.absent_types),
            )
        )  # fmt: skip
    return found
