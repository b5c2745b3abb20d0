"""What can be asked about visits: where to go, what to answer there, what was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.files.queries import Picture, shown
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.queries import held
from qipan.sources.fieldwork import counting
from qipan.sources.fieldwork.actions import own_items
from qipan.sources.fieldwork.checklist import Question, checklist, question
from qipan.sources.fieldwork.corrections import Recorder, may_correct
from qipan.sources.fieldwork.counting import Counting
from qipan.sources.fieldwork.draws import stratum_title
from qipan.sources.fieldwork.models import Correction, Visit, VisitItem
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.local import local_words
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.models import Listing, Observation, Round, Selection
from qipan.spine.work.models import OPEN, Sighting, WorkClass
from qipan.spine.work.opening import Finding, desk_for, proposed

MOST_FOUND = 30


@dataclass(frozen=True, slots=True)
class Place:
    """A site to go to; `round` is the open round that has it on its list and where nobody has been."""

    code: str
    name: Text
    stratum: str
    type_title: Text
    territory: int | None
    territory_name: Text
    address: str
    round: str = ""
    round_name: Text = Text()
    due_on: date | None = None
    number: int = 0
    back: int = 0
    """How many orders of it came back; only where such places stand first."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """What is still to be seen of the open rounds, and what it can be narrowed by."""

    places: tuple[Place, ...]
    rounds: tuple[tuple[str, Text], ...]
    types: tuple[tuple[str, Text], ...]
    territories: tuple[tuple[str, Text], ...]


def unseen(
    year: CampaignYear, *, round: str = "", stratum: str = "", territory: str = "", back: Mapping[str, int] | None = None
) -> Unseen:  # fmt: skip
    """Return the sites on open rounds' lists at which nobody has looked in that round (three statements).

    Those of the round that is due first come first, then by territory and type, so that a day's way is short.
    Survey zones are left out: they are not visited. `back` names places that stand before all others, the more the
    earlier: in upkeep those where faults came back.
    """
    first = back or {}
    county, book = year.campaign.county_id, rulebook(year)
    looked = Observation.objects.filter(
        county_id=county, year=year.year, cluster=OuterRef("cluster"), stratum=OuterRef("stratum"),
        round_id=OuterRef("round_id"),
    )  # fmt: skip
    rows = list(
        Listing.objects.filter(~Exists(looked), round__county_id=county, round__closed_at=None)
        .exclude(round__selection=Selection.CHOSEN)
        .order_by("id")
        .values_list("stratum", "cluster", "round__code", "round__name_zh", "round__name_en", "round__due_on")
    )
    sites = _sites(county, {row[1] for row in rows})
    found = []
    titles: dict[str, Text] = {}
    for kind, cluster, code, zh, en, due in rows:
        site = sites.get(cluster)
        if site is None or not checklist(book, kind):
            continue
        title = titles.setdefault(kind, stratum_title(book, kind))
        found.append(
            Place(
                cluster, site.name, kind, title, site.territory_id, site.territory.name if site.territory else Text(),
                site.address, code, Text(zh, en), due, back=first.get(cluster, 0),
            )
        )  # fmt: skip
    territories = {place.territory: place.territory_name for place in found if place.territory is not None}
    kept = [
        place
        for place in found
        if (not round or place.round == round)
        and (not stratum or place.stratum == stratum)
        and (not territory or str(place.territory or "") == territory)
    ]
    kept.sort(
        key=lambda each: (
            -each.back, each.due_on or date.max, each.round, each.territory_name.zh, each.stratum, each.code,
        )
    )  # fmt: skip
    return Unseen(
        tuple(kept),
        tuple(dict.fromkeys((place.round, place.round_name) for place in found)),
        tuple((kind, title) for kind, title in titles.items() if any(place.stratum == kind for place in found)),
        tuple(sorted(((str(pk), name) for pk, name in territories.items()), key=lambda pair: pair[1].zh)),
    )


def _sites(county: int, codes: set[str]) -> dict[str, Site]:
    today = timezone.localdate()
    found: dict[str, Site] = {}
    wanted = sorted(codes)
    for start in range(0, len(wanted), 2000):
        rows = Site.objects.filter(held(today), county_id=county, code__in=wanted[start : start + 2000])
        found |= {site.code: site for site in rows.select_related("territory")}
    return found


def find_sites(year: CampaignYear, words: str, back: Mapping[str, int] | None = None) -> list[Place]:
    """Return sites whose code, name or address holds some words, and whose type has a checklist (one statement); those
    that `back` names say so.
    """
    book = rulebook(year)
    said = words.strip()
    if not said:
        return []
    match = Q(code__icontains=said) | Q(name_zh__icontains=said) | Q(name_en__icontains=said)
    rows = Site.objects.filter(
        held(timezone.localdate()), match | Q(address__icontains=said), county_id=year.campaign.county_id
    )
    found = []
    for site in rows.select_related("territory").order_by("code")[: MOST_FOUND * 2]:
        if checklist(book, site.type):
            found.append(
                Place(
                    site.code, site.name, site.type, stratum_title(book, site.type), site.territory_id,
                    site.territory.name if site.territory else Text(), site.address, back=(back or {}).get(site.code, 0),
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: -each.back)[:MOST_FOUND]


# --- the form ---


@dataclass(frozen=True, slots=True)
class Asked:
    """An item as the form shows it, with what is proposed for a fault, and for which round a look at it counts."""

    question: Question
    round: str
    own: bool
    unit: Text | None
    work_class: str
    class_name: Text | None


@dataclass(frozen=True, slots=True)
class VisitForm:
    """All that a form for a site shows."""

    site: Place
    ended: date | None
    asked: tuple[Asked, ...]
    counting: Counting
    classes: tuple[tuple[str, Text], ...]
    units: tuple[tuple[str, Text], ...]


def visit_form(year: CampaignYear, code: str, by: Post, at: datetime) -> VisitForm | None:
    """Return the form for a site; None where the register has no such site."""
    county, book = year.campaign.county_id, rulebook(year)
    site = Site.objects.filter(county_id=county, code=code).select_related("territory").first()
    if site is None:
        return None
    questions = tuple(_with_local(year, each) for each in checklist(book, site.type))
    open_now = counting.at_site(county, year.year, site.type, site.code)
    day = timezone.localdate(at)
    findings = [
        Finding(item=each.key, outcome="fail", seen_at=at, stratum=site.type, cluster=site.code, check=each.check)
        for each in questions
    ]
    known = desk_for(year, findings, at, sites=[site])
    own = own_items(book, site, known.answers, by)
    asked = []
    for each, responsible in zip(questions, proposed(year, findings, desk=known), strict=True):
        found, _ = known.known.of(each.key, safety=each.safety, document=False)
        counts = open_now.round_of(each.key, at)
        asked.append(
            Asked(
                each, counts.code if counts else "", each.key in own, responsible.unit.name if responsible.unit else None,
                found.code if found else "", found.name if found else None,
            )
        )  # fmt: skip
    units = sorted((unit for unit in known.units.values() if _stands(unit, day)), key=lambda unit: unit.code)
    place = Place(
        site.code, site.name, site.type, stratum_title(book, site.type), site.territory_id,
        site.territory.name if site.territory else Text(), site.address,
    )  # fmt: skip
    ended = site.valid_to if site.valid_to is not None and site.valid_to < day else None
    return VisitForm(
        place, ended, tuple(asked), open_now, classes_to_name(county), tuple((unit.code, unit.name) for unit in units)
    )


def _with_local(year: CampaignYear, asked: Question) -> Question:
    """Return a question that names the county's own limit where it has one."""
    words = local_words(year, asked.key)
    if words is None:
        return asked
    before = asked.rule
    return replace(
        asked, rule=Text(f"{before.zh}；{words.zh}".lstrip("；"), f"{before.en}; {words.en}".removeprefix("; "))
    )


def asked_at(year: CampaignYear, code: str) -> tuple[Question, ...] | None:
    """Return what is asked at a site, to read the answers of a form by; None where the register has no such site."""
    kind = Site.objects.filter(county_id=year.campaign.county_id, code=code).values_list("type", flat=True).first()
    return None if kind is None else checklist(rulebook(year), kind)


def classes_to_name(county_id: int) -> tuple[tuple[str, Text], ...]:
    """Return code and name of the classes that a finding can be given (one statement)."""
    rows = WorkClass.objects.filter(county_id=county_id, is_active=True).order_by("code")
    return tuple((code, Text(zh, en)) for code, zh, en in rows.values_list("code", "name_zh", "name_en"))


def units_to_name(county_id: int, on: date) -> tuple[tuple[str, Text], ...]:
    """Return code and name of the units that an order can be given to on a day (one statement)."""
    rows = Unit.objects.filter(held(on), county_id=county_id).order_by("code")
    return tuple((code, Text(zh, en)) for code, zh, en in rows.values_list("code", "name_zh", "name_en"))


def _stands(unit: Unit, on: date) -> bool:
    return (unit.valid_from is None or unit.valid_from <= on) and (unit.valid_to is None or unit.valid_to >= on)


def next_place(year: CampaignYear, after: str, round: str) -> Place | None:
    """Return the next unseen site of a round: of the same territory as the one just visited, if there is one."""
    if not round:
        return None
    there = unseen(year, round=round).places
    here = Site.objects.filter(county_id=year.campaign.county_id, code=after).values_list("territory_id").first()
    near = [place for place in there if here and place.territory == here[0] and place.code != after]
    return next(iter(near or [place for place in there if place.code != after]), None)


# --- what was recorded ---


@dataclass(frozen=True, slots=True)
class OrderOf:
    """An order that a record opened or joined."""

    number: str
    title: Text
    lead: Text
    deadline: datetime
    joined: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """Why an item was corrected."""

    before: str
    after: str
    reason: str
    at: datetime
    by_person: str


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """An item of a record: what was seen, written and photographed, and what stands of it."""

    item: str
    question: Question
    outcome: str
    uid: UUID
    stands: str
    standing_uid: UUID | None
    round: str
    selection: str
    own: bool
    text: str
    photos: tuple[Picture, ...]
    orders: tuple[OrderOf, ...]
    corrections: tuple[CorrectionRow, ...]


@dataclass(frozen=True, slots=True)
class VisitPage:
    """One visit."""

    uid: UUID
    site: Place
    visited_at: datetime
    recorded_at: datetime
    by_person: str
    by_post: str
    by_unit: str
    round: str
    round_name: Text
    note: str
    items: tuple[ItemSeen, ...]
    asked: int
    may_correct: bool
    recorder: Recorder

    @property
    def source(self) -> str:
        """The source of its observations."""
        return f"visit/{self.uid}"


def visit_page(year: CampaignYear, uid: UUID, by: Post) -> VisitPage | None:
    """Return a visit with what stands of it (eight statements, whatever its length)."""
    county, book = year.campaign.county_id, rulebook(year)
    visit = (
        Visit.objects.filter(uid=uid, county_id=county, year=year.year)
        .select_related("site__territory", "round")
        .first()
    )
    if visit is None:
        return None
    site = visit.site
    written = {row.item: row for row in VisitItem.objects.filter(visit=visit)}
    hung: dict[int, list[UUID]] = {}
    through = VisitItem.photos.through
    for pk, photo in (
        through.objects.filter(visititem__visit=visit).order_by("id").values_list("visititem_id", "photo__uid")
    ):
        hung.setdefault(pk, []).append(photo)
    pictures = shown([photo for photos in hung.values() for photo in photos]) if hung else {}
    recorder = Recorder(visit.by_person, visit.by_post, visit.by_unit)
    rows = list(Observation.objects.filter(county_id=county, cluster=site.code, source=f"visit/{uid}").order_by("seq"))
    told = {
        item: (row.text, tuple(pictures[photo] for photo in hung.get(row.pk, ()) if photo in pictures))
        for item, row in written.items()
    }
    order = {question.key: place for place, question in enumerate(checklist(book, site.type))}
    items = seen_items(year, f"visit/{uid}", site.type, rows, told)
    items.sort(key=lambda each: order.get(each.item, len(order)))
    return VisitPage(
        uid,
        Place(
            site.code, site.name, site.type, stratum_title(book, site.type), site.territory_id,
            site.territory.name if site.territory else Text(), site.address,
        ),
        visit.visited_at, visit.recorded_at, visit.by_person, visit.by_post, visit.by_unit,
        visit.round.code if visit.round else "",
        Text(visit.round.name_zh, visit.round.name_en) if visit.round else Text(), visit.note, tuple(items), len(order),
        may_correct(recorder, by), recorder,
    )  # fmt: skip


def seen_items(
    year: CampaignYear, source: str, stratum: str, rows: Sequence[Observation],
    told: Mapping[str, tuple[str, tuple[Picture, ...]]],
) -> list[ItemSeen]:  # fmt: skip
    """Return the items of a visit or a review (three statements)."""
    book = rulebook(year)
    orders = orders_of([row.uid for row in rows])
    codes = round_codes({row.round_id for row in rows if row.round_id})
    why: dict[str, list[CorrectionRow]] = {}
    for each in Correction.objects.filter(county_id=year.campaign.county_id, source=source).order_by("id"):
        why.setdefault(each.item, []).append(
            CorrectionRow(each.before, each.after, each.reason, each.at, each.by_person)
        )
    first: dict[str, Observation] = {}
    last: dict[str, Observation] = {}
    for row in rows:
        first.setdefault(row.item, row)
        last[row.item] = row
    found = []
    for item, row in first.items():
        stands = last[item]
        text, photos = told.get(item, ("", ()))
        mine = tuple(order for each in rows if each.item == item for order in orders.get(each.uid, ()))
        found.append(
            ItemSeen(
                item, question(book, item, stratum), row.outcome, row.uid, stands.outcome,
                None if stands.outcome == "withdrawn" else stands.uid, codes.get(row.round_id or 0, ""), row.selection,
                row.own, text, photos, mine, tuple(why.get(item, ())),
            )
        )  # fmt: skip
    return found


def round_codes(ids: set[int]) -> dict[int, str]:
    """Return the codes of some rounds."""
    return dict(Round.objects.filter(pk__in=ids).values_list("id", "code")) if ids else {}


def orders_of(observations: Sequence[UUID]) -> dict[UUID, list[OrderOf]]:
    """Return the orders that observations opened or joined (one statement)."""
    found: dict[UUID, list[OrderOf]] = {}
    earlier = Sighting.objects.filter(work_item_id=OuterRef("work_item_id"), pk__lt=OuterRef("pk"))
    rows = (
        Sighting.objects.filter(observation__in=list(observations))
        .annotate(joined=Exists(earlier))
        .select_related("work_item__lead")
        .order_by("id")
    )
    for row in rows:
        item = row.work_item
        if row.observation is not None:
            found.setdefault(row.observation, []).append(
                OrderOf(
                    item.number, item.title, item.lead.name if item.lead else Text(), item.deadline, row.joined,
                    item.state in OPEN,
                )
            )  # fmt: skip
    return found
