"""Findings become orders: each at a unit, with a deadline; a second finding of the same thing joins the open order.

A visit brings many findings at once, so everything is asked and written for all of them together: the number of
statements does not grow with the findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.files.models import Photo
from qipan.ground.files.photos import use
from qipan.ground.notify.actions import send_all
from qipan.ground.sites.models import Site
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.types import grassroots_types
from qipan.ground.worktime.clock import Clock, Limit
from qipan.ground.worktime.queries import clock
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.duties import Duties, duties
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.campaigns.years.guard import refuse_closed_now
from qipan.spine.work import messages, points
from qipan.spine.work.branches import Branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.demands import OVER, Asking, ask
from qipan.spine.work.lightness.empowering import lead_for
from qipan.spine.work.lightness.models import Demand
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.limits import Classes, Due, ahead, classes, due, due_by
from qipan.spine.work.models import Kind, LogEntry, Sighting, State, Step, WorkClass, WorkItem, WorkSettings
from qipan.spine.work.permissions import OPEN_ORDERS
from qipan.spine.work.titles import title_of as title_of
from qipan.spine.work.writing import entry

NUMBER_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not in order, and for which an order is to be opened.

    `check` names the check when the item has several; `unit` (a code) overrides the responsible unit and `why` says
    the reason; `deadline` overrides the limit of the class. `observation` is the id of the record in the ledger. `same`
    says what makes two findings without an item the same thing. `deadline_text` are the words of the deadline, `person`
    the number of who is in charge, `territory` that of the unit in whose area it lies where the site does not say.
    """

    item: str
    outcome: str
    seen_at: datetime
    stratum: str = ""
    cluster: str = ""
    check: str = ""
    text: str = ""
    photos: tuple[Photo, ...] = ()
    observation: UUID | None = None
    work_class: str = ""
    unit: str = ""
    why: str = ""
    deadline: datetime | None = None
    round: str = ""
    title: Text = field(default_factory=Text)
    same: str = ""
    deadline_text: str = ""
    person: int | None = None
    territory: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a finding: the order that was opened, or the open one that it joined."""

    number: str
    pk: int
    joined: bool
    lead: Unit | None


@dataclass(frozen=True, slots=True)
class Responsible:
    """The unit that an order would go to, and why: site, function, chosen, class, named or nobody."""

    unit: Unit | None
    why: str
    ground: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a finding belongs in the book."""

    line: Line | None
    stratum: str
    cluster: str


@dataclass
class Desk:
    """All that is needed to open orders of a year, asked for once."""

    year: CampaignYear
    book: Rulebook
    answers: Duties
    known: Classes
    sites: dict[str, Site]
    units: dict[int, Unit]
    dues: dict[datetime, Due] = field(default_factory=dict)
    """Deadlines that are named, worked out once for all orders of one act."""

    @cached_property
    def lowest(self) -> frozenset[str]:
        """The types of the county's villages and communities (one statement, when a unit is named for the first time)."""
        return grassroots_types(self.year.campaign.county_id)

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """The county's units by their codes."""
        return {unit.code: unit for unit in self.units.values()}

    def place(self, finding: Finding) -> _Place:
        """Return the check, type and cluster of a finding."""
        places = [pair for pair in self.book.places(finding.item, finding.stratum) if not pair[0].counter]
        for line, stratum in places:
            if not finding.check or line.key == finding.check:
                where = UNSTRATIFIED if line.one_thing else finding.cluster
                return _Place(line, stratum, where)
        alone = self.book.lines.get(finding.check)
        cluster = finding.cluster
        if alone is not None and alone.one_thing and not cluster:
            cluster = UNSTRATIFIED
        return _Place(alone, finding.stratum, cluster)

    def responsible(self, finding: Finding, place: _Place, function: str) -> Responsible:
        """Return who answers: by the site and the check, else by the function of the class, else nobody."""
        if finding.unit:
            named = self.by_code.get(finding.unit)
            if named is None:
                raise WorkError(
                    Text(f"本县没有编号为“{finding.unit}”的单位。", f"The county has no unit {finding.unit!r}."), "unit"
                )
            return Responsible(named, "named")
        line = place.line
        if line is not None:
            whole = line.one_thing or line.survey or not place.cluster
            answer = self.answers.lead(line) if whole else self.answers.at_site(line, place.cluster)
            if answer.unit is not None:
                return Responsible(self.units.get(answer.unit), answer.why)
        elif place.cluster and (unit := self.answers.site_duties.get((place.cluster, function))) is not None:
            return Responsible(self.units.get(unit), "site")
        if function:
            carried = self.answers.carried.get(function, ())
            if len(carried) == 1:
                return Responsible(self.units.get(carried[0]), "class")
        if line is None and (unit := self.answers.site_duties.get((place.cluster, ""))) is not None:
            return Responsible(self.units.get(unit), "site")
        return Responsible(None, "nobody")


def desk_for(
    year: CampaignYear, findings: Sequence[Finding], on: datetime, *, answers: Duties | None = None,
    sites: Iterable[Site] | None = None,
) -> Desk:  # fmt: skip
    """Return all that is needed to open orders for some findings (eight statements, however many there are).

    Args:
        year: the campaign year.
        findings: what was found.
        on: when the orders are issued.
        answers: who answers on that day at the sites of the findings, if it is known already.
        sites: the sites of the findings, if they are known already.
    """
    county = year.campaign.county_id
    clusters = {finding.cluster for finding in findings if finding.cluster and finding.cluster != UNSTRATIFIED}
    known = classes(county, (finding.item for finding in findings), (finding.work_class for finding in findings))
    return Desk(
        year, rulebook(year), answers or duties(year, messages.day_of(on), clusters), known,
        {site.code: site for site in sites or Site.objects.filter(county_id=county, code__in=clusters)},
        {unit.pk: unit for unit in Unit.objects.filter(county_id=county).order_by("id")},
    )  # fmt: skip


def proposed(
    year: CampaignYear, findings: Sequence[Finding], *, at: datetime | None = None, desk: Desk | None = None
) -> list[Responsible]:
    """Return the unit that each finding's order would go to, for a form that shows it before anything is saved.

    Args:
        year: the campaign year.
        findings: what would be found.
        at: when; now unless told otherwise.
        desk: what `desk_for` has returned for them, if it was asked already.
    """
    known = desk or desk_for(year, findings, at or timezone.now())
    out = []
    for finding in findings:
        place = known.place(finding)
        found, _ = _class_of(known, finding, place)
        out.append(known.responsible(finding, place, found.function if found is not None else ""))
    return out


def open_orders(
    year: CampaignYear,
    findings: Sequence[Finding],
    *,
    by: Post,
    origin: tuple[str, str, str],
    at: datetime | None = None,
    answers: Duties | None = None,
    sites: Iterable[Site] | None = None,
) -> list[Opened]:
    """Open an order for each finding, or let it join the open order of the same item at the same site.

    Args:
        year: the campaign year.
        findings: what was found, in the order in which numbers are given.
        by: who found it, or records it.
        origin: kind, id and label of the record that it comes from.
        at: when the orders are issued; now unless told otherwise.
        answers: who answers on the day of issue at the sites of the findings, if it is known already.
        sites: the sites of the findings, if they are known already.

    Raises:
        PermissionDenied: this post opens no orders.
        WorkError: a unit that is not there, or a deadline that is past.
    """
    if not OPEN_ORDERS.allows(by, year.campaign.county):
        raise PermissionDenied
    if not findings:
        return []
    now = at or timezone.now()
    county = year.campaign.county_id
    with act(actor(by), now) as noted:
        # Whoever opens orders in a county takes its counter first: two people who find the same thing queue up here,
        # and the second sees what the first has opened.
        settings = take_counter(county)
        refuse_closed_now(county, year.year)
        desk = desk_for(year, findings, now, answers=answers, sites=sites)
        keys = keys_of(desk, findings)
        held = WorkItem.objects.select_for_update(of=("self",)).filter(open_key__in=[key for key in keys if key])
        held = held.order_by("pk")
        standing = _going_on(held.select_related("lead"))
        fresh: dict[str, WorkItem] = {}
        items: list[WorkItem] = []
        joined: list[bool] = []
        texts: dict[int, tuple[str, dict[str, object]]] = {}
        counted = clock(county)
        for number, (finding, key) in enumerate(zip(findings, keys, strict=True)):
            known = (standing.get(key) or fresh.get(key)) if key else None
            joined.append(known is not None)
            if known is None:
                known, who = draft(desk, finding, origin, now, settings, counted)
                known.number = number_of(now, settings)
                known.open_key = key
                texts[number] = _why(who, finding)
                if key:
                    fresh[key] = known
            items.append(known)
        made = [item for item, old in zip(items, joined, strict=True) if not old]
        WorkItem.objects.bulk_create(made)
        settings.save(update_fields=["next_number"])
        papers = [
            item for item in made if item.lead and (line := desk.book.lines.get(item.check_key)) and line.one_thing
        ]
        over = ask(noted, by, now, [Asking(item.lead, item, Demand.Kind.DOCUMENT) for item in papers if item.lead])
        for number, item in enumerate(items):
            if item.pk in over and not joined[number]:
                texts[number] = (texts[number][0], {**texts[number][1], OVER: over[item.pk]})
        _raise([item for item in standing.values() if any(item is one for one in items)])
        _sight(findings, items, joined, texts, by, origin, now)
        _tell(items, joined, made, Branches.of(desk.units.values()), by, now)
        weigh(
            noted, by, now,
            [
                (Thing("work", item.number, item.title_zh), words)
                for finding, item in zip(findings, items, strict=True)
                for words in (finding.text, finding.title.zh, finding.title.en, finding.why)
            ],
        )  # fmt: skip
        points.ask(year.campaign.county, by)
        for finding, item, old in zip(findings, items, joined, strict=True):
            noted.note(
                "work.join" if old else "work.issue", Thing("work", item.number, item.title_zh),
                {"item": finding.item, "cluster": item.cluster, "lead": item.lead.code if item.lead else ""},
            )  # fmt: skip
    return [Opened(item.number, item.pk, old, item.lead) for item, old in zip(items, joined, strict=True)]


def _going_on(held: Iterable[WorkItem]) -> dict[str, WorkItem]:
    """Return by its key what a finding joins: the open order, or the one as which a merged order goes on."""
    rows = list(held)
    known = {item.pk: item for item in rows}
    missing = {item.merged_into_id for item in rows if item.merged_into_id is not None} - set(known)
    if missing:
        more = WorkItem.objects.select_for_update(of=("self",)).filter(pk__in=missing).order_by("pk")
        known |= {item.pk: item for item in more.select_related("lead")}
    return {cast("str", item.open_key): known[item.merged_into_id or item.pk] for item in rows}


def draft(
    desk: Desk, finding: Finding, origin: tuple[str, str, str], now: datetime, settings: WorkSettings, counted: Clock
) -> tuple[WorkItem, Responsible]:
    """Return the order that a finding opens, without number and not stored, and why it goes to its unit.

    Raises:
        WorkError: a unit that is not there, or a deadline that is past.
    """
    place = desk.place(finding)
    found, limit = _class_of(desk, finding, place)
    if finding.deadline is not None:
        until = desk.dues.get(finding.deadline)
        if until is None:
            ahead(finding.deadline, now)
            until = desk.dues[finding.deadline] = due_by(counted, now, finding.deadline, settings)
    else:
        until = due(counted, now, limit, settings, found)
    function = found.function if found is not None else ""
    who = desk.responsible(finding, place, function)
    if who.why == "named" and who.unit is not None:
        check = place.line.key if place.line else ""
        title = finding.title or title_of(desk.book, finding.item, place.line)
        unit, ground = lead_for(who.unit, desk.year, title, now, check=check, function=function, lowest=desk.lowest)
        who = Responsible(unit, who.why, ground)
    item = _order(desk, finding, place, who, until, origin, now)
    item.work_class = found
    return item, who


def take_counter(county_id: int) -> WorkSettings:
    """Take a county's counter of numbers for the rest of the transaction."""
    held = WorkSettings.objects.select_for_update().filter(county_id=county_id).first()
    if held is None:
        WorkSettings.objects.get_or_create(county_id=county_id)
        held = WorkSettings.objects.select_for_update().get(county_id=county_id)
    return held


def number_of(at: datetime, settings: WorkSettings) -> str:
    """Return the next number of a county; numbers run on over the years and are never given twice."""
    number = f"{messages.day_of(at).year}-{settings.next_number:0{NUMBER_DIGITS}}"
    settings.next_number += 1
    return number


def open_key(county_id: int, cluster: str, item: str) -> str | None:
    """Return what only one open order may carry: county, site and item."""
    return f"{county_id}:{cluster}:{item}"[:160] if cluster and item else None


def keys_of(desk: Desk, findings: Iterable[Finding]) -> list[str | None]:
    """Return what only one open order may carry, of each finding; None for one that nothing can join."""
    county = desk.year.campaign.county_id
    return [
        f"{county}:~{finding.same}"[:160]
        if finding.same and not finding.item
        else open_key(county, desk.place(finding).cluster, finding.item)
        for finding in findings
    ]


def _class_of(desk: Desk, finding: Finding, place: _Place) -> tuple[WorkClass | None, Limit]:
    listed = desk.book.catalogue.items.get(finding.item)
    document = place.line is not None and place.line.one_thing
    return desk.known.of(
        finding.item, safety=bool(listed and listed.safety), document=document, code=finding.work_class
    )


def _order(
    desk: Desk,
    finding: Finding,
    place: _Place,
    who: Responsible,
    until: Due,
    origin: tuple[str, str, str],
    now: datetime,
) -> WorkItem:
    site = desk.sites.get(place.cluster)
    listed = desk.book.catalogue.items.get(finding.item) or (
        place.line.listed.get(finding.item) if place.line else None
    )
    title = finding.title or _title(desk, finding, place, site)
    return WorkItem(
        county_id=desk.year.campaign.county_id, year=desk.year.year, kind=Kind.ORDER,
        origin_kind=origin[0][:24], origin_id=origin[1][:80], origin_label=origin[2][:200],
        title_zh=title.zh[:200], title_en=title.en[:200], text=finding.text,
        check_key=place.line.key if place.line else "", node=place.line.node if place.line else "",
        item=finding.item, stratum=place.stratum, cluster=place.cluster, round=finding.round,
        safety=bool(listed and listed.safety), side=(place.line.side if place.line else "") or (listed.side if listed else ""),
        limit=until.limit, limit_unit=until.limit_unit,
        lead=who.unit or desk.year.campaign.office,
        territory_id=site.territory_id if site else finding.territory, person_id=finding.person,
        deadline_text=finding.deadline_text,
        state=State.ISSUED, issued_at=now, due_from=until.due_from, deadline=until.deadline, calendar_gap=until.gap,
    )  # fmt: skip


def _title(desk: Desk, finding: Finding, place: _Place, site: Site | None) -> Text:
    what = title_of(desk.book, finding.item, place.line)
    if site is None:
        return what
    return Text(f"{site.name_zh}：{what.zh}", f"{site.name_en or site.name_zh}: {what.en}")


_WORDS = {
    "site": Text("按点位职责", "by the duty at the site"),
    "function": Text("按职能分工", "by the function of the check"),
    "chosen": Text("按选定的答复牵头单位", "by the chosen answering lead"),
    "class": Text("按问题类别的职能", "by the function of the class"),
    "nobody": Text(
        "无责任单位，暂由创城办接收，待改派", "no unit answers; the campaign office holds it until it is reassigned"
    ),
}


def _why(who: Responsible, finding: Finding) -> tuple[str, dict[str, object]]:
    data: dict[str, object] = {"unit": who.unit.code if who.unit else "", "why": who.why}
    if who.why == "named":
        return finding.why, {**data, **who.ground}
    return "", data


def why_words(why: str) -> Text:
    """Return in words why an order went to its unit."""
    return _WORDS.get(why, Text())


def _raise(items: Sequence[WorkItem]) -> None:
    """Raise the version of orders that were joined; their rows are held."""
    for item in items:
        item.version += 1
    for version in {item.version for item in items}:
        WorkItem.objects.filter(pk__in=[item.pk for item in items if item.version == version]).update(version=version)


def _sight(
    findings: Sequence[Finding], items: Sequence[WorkItem], joined: Sequence[bool],
    texts: dict[int, tuple[str, dict[str, object]]], by: Post, origin: tuple[str, str, str], now: datetime,
) -> None:  # fmt: skip
    """Write the sightings and the log, and hang the photos on them."""
    sightings = Sighting.objects.bulk_create(
        [
            Sighting(
                work_item=item, observation=finding.observation, outcome=finding.outcome, text=finding.text,
                seen_at=finding.seen_at, by_person=str(by.person)[:80], by_post=by.title_zh, by_unit=by.unit.code,
            )
            for finding, item in zip(findings, items, strict=True)
        ]
    )  # fmt: skip
    log: list[LogEntry] = []
    for number, (finding, item, old) in enumerate(zip(findings, items, joined, strict=True)):
        text, data = texts.get(number, (finding.text, {}))
        data = {**data, "origin": list(origin)} if old else data
        step = Step.JOINED if old else Step.ISSUED
        log.append(entry(item, step, by, now, text=text, data=data, observation=finding.observation))
    LogEntry.objects.bulk_create(log)
    photos = {photo.pk: photo for finding in findings for photo in finding.photos}
    if photos:
        use(list(photos.values()))
        through = Sighting.photos.through
        through.objects.bulk_create(
            [
                through(sighting_id=sighting.pk, photo_id=pk)
                for sighting, finding in zip(sightings, findings, strict=True)
                for pk in dict.fromkeys(photo.pk for photo in finding.photos)
            ]
        )


def _tell(
    items: Sequence[WorkItem], joined: Sequence[bool], made: Sequence[WorkItem], tree: Branches, by: Post, now: datetime
) -> None:
    units = {unit for item in items for unit in (item.lead_id, item.territory_id)}
    recipients = messages.Recipients(units, messages.day_of(now), tree)
    notices = messages.of_issue(made, recipients, by)
    again = {item.pk: item for item, old in zip(items, joined, strict=True) if old and item not in made}
    for item in again.values():
        words = messages.about(item, "同一问题再次发现，已并入", "Found once more, joined to")
        notices.append(messages.notice(item, recipients.of(item.lead_id), "joined", words, by=by))
    send_all(notices, at=now)
