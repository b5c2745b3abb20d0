"""What can be asked about work items: lists with filters, counts for the homes, risks for the leader, rows to export.

An item's own page is asked for in `item_page.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post, Unit
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.basis.models import Citation
from qipan.spine.work.branches import Branches, branches_if_asked
from qipan.spine.work.hard.queries import of_problem
from qipan.spine.work.item_page import Allowed, ItemPage, item_page
from qipan.spine.work.lightness.months import LATELY, month_bounds
from qipan.spine.work.limits import LIGHTS, STANDING, light_is, light_of
from qipan.spine.work.measures import counted
from qipan.spine.work.messages import day_of
from qipan.spine.work.models import OPEN, VOID, Kind, Request, Sighting, State, WorkClass, WorkItem
from qipan.spine.work.office_files.models import ImportedRow
from qipan.spine.work.ordering import cut, keys_of, place
from qipan.spine.work.origins import found_by
from qipan.spine.work.permissions import HANDLE, RECHECK, SEE
from qipan.spine.work.plan.conditions import of_plan
from qipan.spine.work.request_rules import FOR_THE_OFFICE, WAITS_FOR_CONSENT, may_direct, to_consent, to_decide
from qipan.spine.work.rows import Named, Row, fetched, row_of, rows_of
from qipan.spine.work.searching import holds
from qipan.spine.work.special.conditions import at_programme, of_actions, recurred

__all__ = [
    "LIGHTS", "ORDERS", "Allowed", "Apart", "Counts", "Filters", "ItemPage", "Named", "Options", "Page", "Progress", "Row",
    "UnitCounts", "apart", "at_site", "by_state", "count_of", "counts", "export", "item_page", "items", "keys_of", "light_is", "light_of", "options",
    "per_check", "per_unit", "selected", "top_risks",
]  # fmt: skip

PER_PAGE = 50
ORDERS = ("deadline", "points", "number", "late", "gain")
"""What a list can be ordered by; with "-" before it the other way round."""
UNREPORTED = (State.ISSUED, State.ACCEPTED)
EXPORTED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a list is wanted; what is empty does not count.

    `role` says how `unit` takes part: lead, support, territory, or any. `node` takes everything below it. `special`
    is recheck (waits for a re-check that the reader may do), handle (the reader's unit leads it), week (due within
    this week), handle_week (both), waiting (reported by the reader's unit, to be re-checked), closed_week (closed since
    Monday), instructed (a leader has said something to it), rework (came round again), joined (seen more than once),
    to_decide (a request waits for the reader's decision), to_consent (for the reader's consent), asked (a request is
    open), kept (not cancelled, with a deadline), recheck_site and recheck_photo (reported,
    to be looked at on site or by photo), lately_site and lately_photo (the same of the reports of the last weeks), deferred, and of what was ever asked: returned, returned_upheld, extended, extended_upheld, coordinated,
    coordinated_upheld, appealed, appealed_upheld; there `unit` is the unit that asked.
    `since` and `until` are the first and the last day of a period that the deadline lies in (2026-03-01). `rate` is a
    count of `measures.COUNTS`. `group` is the major class, `found` who looked first: own (the lead unit itself) or
    others. `issued` is the month of issue (2026-03). `parent` is the number of the task of subtasks, `basis` the number of a
    document that items cite, `file` that of an imported
    file: what it opened and what it joined. "-" for `side` and `group` is what has none.
    `milestone` and `phase` are keys of the plan's nodes and phases, `action` of a special action, `programme` of a
    programme, `hard` of a hard problem; `special` may be recurred as well: closed, and found again within thirty days.
    `from_year` is the year of origin of what was carried over; "any" is whatever was.
    """

    year: int = 0
    kind: str = ""
    state: str = ""
    light: str = ""
    unit: str = ""
    role: str = "lead"
    site: str = ""
    site_type: str = ""
    item: str = ""
    check: str = ""
    node: str = ""
    work_class: str = ""
    side: str = ""
    safety: bool = False
    round: str = ""
    origin: str = ""
    file: str = ""
    text: str = ""
    number: str = ""
    special: str = ""
    since: str = ""
    until: str = ""
    rate: str = ""
    group: str = ""
    found: str = ""
    milestone: str = ""
    phase: str = ""
    action: str = ""
    programme: str = ""
    hard: str = ""
    issued: str = ""
    parent: str = ""
    basis: str = ""
    from_year: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and what the whole list comes to. `points` are the micro-points at stake of all of it.

    `states` says how many items wait for what, whatever state the filters name.
    """

    rows: list[Row]
    total: int
    points: int
    page: int
    pages: int
    per_page: int
    order: str
    now: datetime
    states: dict[str, int]
    before: str = ""
    """Where this page begins and where it ends, as `items` takes it: the neighbours of a page are found from there."""
    after: str = ""
    asked: tuple[tuple[str, int, int], ...] = ()
    """Of the whole list, whatever its state: the request that waits, how many, and how many of those are deferred."""


def items(
    post: Post, filters: Filters = Filters(), order: str = "deadline", page: int = 1, *, year: CampaignYear | None = None,
    per_page: int = PER_PAGE, now: datetime | None = None, tree: Branches | None = None, after: str = "", before: str = "",
) -> Page:  # fmt: skip
    """Return a page of the items that a post sees (six statements at most, whatever their number).

    Args:
        post: who asks.
        filters: what is wanted.
        order: one of `ORDERS`, with "-" before it the other way round.
        page: from 1; one that is not there gives the nearest.
        year: the campaign year, whose standard says what lies below a node.
        per_page: rows of a page.
        now: the moment for lights and days.
        tree: the county's units, where they are at hand.
        after: the page begins behind this place (`Page.after` of the one before it), however far down that is.
        before: the page ends before this place (`Page.before` of the one behind it).
    """
    moment = now or timezone.now()
    known = branches_if_asked(post.unit.county_id) if tree is None else tree
    whatever = _wanted(post, replace(filters, state=""), moment, year, known).order_by()
    groups = list(
        whatever.values_list("state", "request").annotate(
            n=Count("pk"),
            points=Sum("points_at_stake"),
            deferred=Count("pk", filter=_special(post, "deferred", moment, known)),
        )
    )
    states: dict[str, int] = {}
    for state, _request, n, _points, _deferred in groups:
        states[state] = states.get(state, 0) + n
    of_list = OPEN if filters.state == "open" else (filters.state,) if filters.state else tuple(states)
    total = sum(states.get(state, 0) for state in of_list)
    points = sum(stake or 0 for state, _, _, stake, _ in groups if state in of_list and state in OPEN)
    pages = max(1, -(-total // per_page))
    page = min(max(1, page), pages)
    found = cut(_wanted(post, filters, moment, year, known), order, (page - 1) * per_page, per_page, after, before)
    kept = list(found) if total else []
    ends = (place(kept[0], order), place(kept[-1], order)) if kept else ("", "")
    asked = tuple((request, n, deferred) for _, request, n, _, deferred in groups)
    rows = rows_of(kept, moment, post.unit.county_id)
    return Page(rows, total, points, page, pages, per_page, order, moment, states, *ends, asked)


def by_state(
    post: Post, filters: Filters = Filters(), *, year: CampaignYear | None = None, now: datetime | None = None
) -> dict[str, int]:
    """Return how many items of a list wait for what, whatever state the filters name (two statements at most)."""
    tree = branches_if_asked(post.unit.county_id)
    found = _wanted(post, replace(filters, state=""), now or timezone.now(), year, tree)
    return dict(found.order_by().values_list("state").annotate(n=Count("pk")))


def export(
    post: Post, filters: Filters = Filters(), order: str = "deadline", *, year: CampaignYear | None = None,
    now: datetime | None = None,
) -> Iterator[Row]:  # fmt: skip
    """Yield every row of a list, for a file: the planned day, the actual one and the days between stand in each."""
    moment = now or timezone.now()
    county = post.unit.county_id
    found = fetched(_wanted(post, filters, moment, year, branches_if_asked(county)).order_by(*keys_of(order)))
    sites = {site.code: site for site in Site.objects.filter(county_id=county)}
    seen = Sighting.objects.filter(work_item__county_id=county).order_by()
    counts = dict(seen.values_list("work_item_id").annotate(n=Count("id")))
    for item in found.iterator(chunk_size=EXPORTED_AT_ONCE):
        yield row_of(item, moment, sites, counts)


def selected(
    post: Post, filters: Filters, now: datetime, tree: Branches, year: CampaignYear | None = None
) -> QuerySet[WorkItem]:
    """Return the items of a list, for what counts them in another way than by pages."""
    return _wanted(post, filters, now, year, tree).order_by()


def _wanted(
    post: Post, filters: Filters, now: datetime, year: CampaignYear | None, tree: Branches
) -> QuerySet[WorkItem]:
    where = SEE.visible(post, tree)
    plain = {
        "year": filters.year, "kind": filters.kind, "state": filters.state, "cluster": filters.site,
        "stratum": filters.site_type, "item": filters.item, "check_key": filters.check,
        "work_class__code": filters.work_class, "side": filters.side.replace("-", ""), "safety": filters.safety, "round": filters.round,
        "origin_kind": filters.origin, "parent__number": filters.parent,
    }  # fmt: skip
    where &= Q(**{name: value for name, value in plain.items() if value})
    if filters.state == "open":
        where = (
            SEE.visible(post, tree) & Q(**{n: v for n, v in plain.items() if v and n != "state"}) & Q(state__in=OPEN)
        )
    if filters.file:
        where &= Q(pk__in=ImportedRow.objects.filter(file__in=whole_numbers(filters.file)).values("work_item")) | Q(
            origin_kind="file", origin_id=filters.file
        )
    if filters.from_year == "any":
        where &= Q(from_year__isnull=False)
    elif filters.from_year:
        where &= Q(from_year__in=whole_numbers(filters.from_year[:4]))
    where &= _of_rates(filters, now)
    where &= of_plan(post.unit.county_id, milestone=filters.milestone, phase=filters.phase)
    if filters.programme:
        where &= at_programme(post.unit.county_id, filters.programme, tree)
    if filters.action:
        where &= of_actions(post.unit.county_id, filters.action, tree)
    if filters.hard:
        where &= of_problem(post.unit.county_id, filters.hard)
    if filters.basis:
        document = int(filters.basis) if filters.basis.isascii() and filters.basis.isdecimal() else 0
        where &= Q(pk__in=Citation.objects.filter(document_id=document).values("work_item_id"))
    if filters.light:
        where &= light_is(filters.light, now)
    if filters.special in EVER_ASKED:
        where &= _ever_asked(filters.special, filters.unit)
    elif filters.unit:
        where &= _of_unit(filters.unit, filters.role, tree)
    if filters.node:
        where &= Q(node__in=_below(filters.node, year))
    if filters.number:
        numbers = [number.strip() for number in filters.number.split(",") if number.strip()]
        where &= Q(number__in=numbers) if len(numbers) > 1 else Q(number__contains=filters.number.strip())
    for word in filters.text.split():
        where &= holds(word)
    found = found_by(filters.found, tree) if filters.found else WorkItem.objects.all()
    return found.filter(where & _special(post, filters.special, now, tree))


def whole_numbers(words: str) -> tuple[int, ...]:
    """Return the number that words of an address are, if they are one that a key can be."""
    return (int(words),) if words.isdecimal() and len(words) < 19 else ()


def _of_rates(filters: Filters, now: datetime) -> Q:
    """Return what the measures of time ask for: a period, a count, a group of classes, a side that nothing has."""
    where = Q()
    if filters.since:
        where &= Q(deadline__gte=_midnight(filters.since))
    if filters.until:
        where &= Q(deadline__lt=_midnight(filters.until, 1))
    if filters.rate:
        where &= counted(filters.rate, now)
    if filters.side == "-":
        where &= Q(side="")
    if filters.issued:
        begins, ends = month_bounds(filters.issued)
        where &= Q(issued_at__gte=begins, issued_at__lt=ends)
    if filters.group == "-":
        where &= Q(work_class=None) | Q(work_class__group="")
    elif filters.group:
        where &= Q(work_class__group=filters.group)
    return where


def _midnight(day: str, later: int = 0) -> datetime:
    """Return the midnight that begins a day, or one some days later; a day that is none counts as long ago."""
    try:
        begins = date.fromisoformat(day) + timedelta(days=later)
    except (ValueError, OverflowError):
        begins = date(1970, 1, 1)
    return datetime.combine(begins, time(), timezone.get_default_timezone())


def _special(post: Post, special: str, now: datetime, tree: Branches) -> Q:
    match special:
        case "recheck":
            return Q(state=State.REPORTED) & RECHECK.visible(post, tree)
        case "handle":
            return Q(state__in=UNREPORTED) & HANDLE.visible(post, tree)
        case "week":
            return Q(state__in=UNREPORTED, held_since=None, deadline__gte=now, deadline__lt=end_of_week(now))
        case "to_decide":
            return to_decide(post, tree)
        case "to_consent":
            return to_consent(post, tree)
        case "asked":
            return ~Q(request="")
        case "recheck_site" | "recheck_photo":
            return Q(state=State.REPORTED, photo_recheck=special == "recheck_photo")
        case "lately_site" | "lately_photo":
            return Q(reported_at__gte=now - timedelta(weeks=LATELY), photo_recheck=special == "lately_photo")
        case "kept":
            return ~Q(state=State.CANCELLED) & ~Q(cadence=STANDING)
        case "deferred":
            return Q(state__in=UNREPORTED, deferred_until__isnull=False)
        case "handle_week":
            return _special(post, "week", now, tree) & HANDLE.visible(post, tree)
        case "waiting":
            return Q(state=State.REPORTED) & HANDLE.visible(post, tree)
        case "closed_week":
            return Q(state=State.CLOSED, closed_at__gte=end_of_week(now) - timedelta(days=7))
        case "instructed":
            return Q(instructed_at__isnull=False)
        case "rework":
            return Q(handling_round__gt=1)
        case "recurred":
            return recurred()
        case "joined":
            again = Sighting.objects.order_by().values("work_item_id").annotate(n=Count("id")).filter(n__gt=1)
            return Q(pk__in=again.values("work_item_id"))
    return Q()


EVER_ASKED: dict[str, tuple[str, tuple[str, ...]]] = {
    name + suffix: (kind, states)
    for name, kind in (
        ("returned", "return"), ("extended", "extension"), ("coordinated", "coordination"), ("appealed", "appeal"),
    )
    for suffix, states in (("", ()), ("_upheld", ("upheld",)))
}  # fmt: skip
"""Lists of what was ever asked: the kind of the request, and how it ended where that matters."""


def _ever_asked(special: str, unit: str) -> Q:
    kind, states = EVER_ASKED[special]
    where = {"state__in": states} if states else {}
    if unit:
        where["by_unit"] = unit  # type: ignore[assignment]
    return Q(Exists(Request.objects.filter(work_item_id=OuterRef("pk"), kind=kind, **where)))


def count_of(post: Post, special: str, *, year: CampaignYear | None = None, now: datetime | None = None) -> int:
    """Return how many items of a year one of the special lists holds (four statements at most)."""
    filters = Filters(year=year.year if year is not None else 0, special=special)
    tree = branches_if_asked(post.unit.county_id)
    return _wanted(post, filters, now or timezone.now(), year, tree).count()


@dataclass(frozen=True, slots=True)
class Apart:
    """How many items of a list wait for this post's decision or consent, and how many are deferred."""

    to_decide: int
    to_consent: int
    deferred: int


def apart(
    post: Post, filters: Filters, *, year: CampaignYear | None = None, now: datetime | None = None,
    tree: Branches | None = None, page: Page | None = None,
) -> Apart:  # fmt: skip
    """Return what of a list stands apart, whatever view the filters name (one statement; more where an answer is due).

    A `page` of the same list has counted it already.
    """
    moment = now or timezone.now()
    known = branches_if_asked(post.unit.county_id) if tree is None else tree
    found = _wanted(post, replace(filters, state="", special=""), moment, year, known).order_by()
    if page is not None and not filters.special:
        asked = page.asked
    else:
        deferred = _special(post, "deferred", moment, known)
        marked = found.filter(~Q(request="") | deferred).values_list("request")
        asked = tuple(marked.annotate(n=Count("pk"), deferred=Count("pk", filter=deferred)))
    waiting: dict[str, int] = {}
    for request, n, _ in asked:
        if request:
            waiting[request] = waiting.get(request, 0) + n
    # What is an appeal or waits for consent is asked for one by one, since not everybody may answer.
    decide = sum(n for kind, n in waiting.items() if kind in FOR_THE_OFFICE) if may_direct(post) else 0
    if waiting.get(Request.Kind.APPEAL):
        decide += found.filter(to_decide(post, known), request=Request.Kind.APPEAL).count()
    consent = found.filter(to_consent(post, known)).count() if waiting.get(WAITS_FOR_CONSENT) else 0
    return Apart(decide, consent, sum(one for *_, one in asked))


def _of_unit(code: str, role: str, tree: Branches) -> Q:
    unit = tree.codes.get(code)
    if unit is None:
        return Q(pk__in=())
    helped = WorkItem.supports.through.objects.filter(unit_id=unit).values("workitem_id")
    match role:
        case "support":
            return Q(pk__in=helped)
        case "territory":
            return Q(territory_id=unit)
        case "any":
            return Q(lead_id=unit) | Q(territory_id=unit) | Q(pk__in=helped)
    return Q(lead_id=unit)


def _below(node: str, year: CampaignYear | None) -> list[str]:
    """Return a node and all below it."""
    if year is None:
        return [node]
    book = rulebook(year)
    return [key for key in book.nodes if any(above.key == node for above in book.ancestors(key))]


def end_of_week(now: datetime) -> datetime:
    """Return the midnight that ends the week of a moment."""
    day = day_of(now)
    monday = day + timedelta(days=7 - day.weekday())
    return datetime.combine(monday, time(), timezone.get_default_timezone())


# --- counts ---


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of so many are closed; what was cancelled does not count."""

    closed: int
    total: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What a home shows of the work that a post sees, or that its unit leads. Points are micro-points at stake."""

    total: int
    open: int
    to_accept: int
    due: int
    due_this_week: int
    late: int
    reported: int
    waiting_recheck: int
    closed: int
    closed_late: int
    cancelled: int
    safety: int
    instructed: int
    points: int
    hardware: Progress
    software: Progress


def counts(
    post: Post, year: CampaignYear | int | None = None, *, reach: Literal["see", "handle"] = "see",
    now: datetime | None = None, tree: Branches | None = None,
) -> Counts:  # fmt: skip
    """Return the counts for a home (four statements at most).

    Args:
        post: who asks; `waiting_recheck` are those that this person may re-check.
        year: the campaign year; all years when None.
        reach: everything that the post sees, or only what its own unit leads.
        now: the moment for lights.
        tree: the county's units, where they are at hand.
    """
    moment = now or timezone.now()
    tree = branches_if_asked(post.unit.county_id) if tree is None else tree
    rule = SEE if reach == "see" else HANDLE
    found = WorkItem.objects.filter(rule.visible(post, tree) & _in_year(year)).order_by()
    valid = ~Q(state__in=VOID)

    def n(where: Q) -> Count:
        return Count("pk", filter=where)

    sums = found.aggregate(
        total=n(valid), open=n(Q(state__in=OPEN)), to_accept=n(Q(state=State.ISSUED)), due=n(light_is("due", moment)),
        due_this_week=n(_special(post, "week", moment, tree)), late=n(light_is("late", moment)),
        reported=n(Q(state=State.REPORTED)), closed=n(Q(state=State.CLOSED)), closed_late=n(light_is("done_late", moment)),
        cancelled=n(Q(state=State.CANCELLED)), safety=n(Q(safety=True, state__in=OPEN)),
        instructed=n(Q(instructed_at__isnull=False, state__in=OPEN)),
        points=Sum("points_at_stake", filter=Q(state__in=OPEN)),
        hard=n(Q(side="hardware", state=State.CLOSED)), hard_all=n(Q(side="hardware") & valid),
        soft=n(Q(side="software", state=State.CLOSED)), soft_all=n(Q(side="software") & valid),
    )  # fmt: skip
    waiting = 0
    if sums["reported"]:
        waiting = found.filter(Q(state=State.REPORTED) & RECHECK.visible(post, tree)).count()
    hardware = Progress(sums.pop("hard"), sums.pop("hard_all"))
    software = Progress(sums.pop("soft"), sums.pop("soft_all"))
    sums["points"] = sums["points"] or 0
    return Counts(**sums, waiting_recheck=waiting, hardware=hardware, software=software)


def _in_year(year: CampaignYear | int | None) -> Q:
    return Q() if year is None else Q(year=year if isinstance(year, int) else year.year)


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """What a unit leads: how much is open, late, reported and closed. Points are micro-points at stake."""

    unit: Named
    total: int
    open: int
    due: int
    late: int
    reported: int
    closed: int
    points: int


def per_unit(
    post: Post, year: CampaignYear | int | None = None, *, now: datetime | None = None, tree: Branches | None = None
) -> list[UnitCounts]:
    """Return the counts of each lead unit that a post sees, the most late first (two statements)."""
    moment = now or timezone.now()
    found = WorkItem.objects.filter(SEE.visible(post, tree) & _in_year(year), lead__isnull=False)
    grouped = found.exclude(state__in=VOID).order_by().values("lead__code", "lead__name_zh", "lead__name_en")
    rows = grouped.annotate(
        total=Count("pk"), open=Count("pk", filter=Q(state__in=OPEN)), due=Count("pk", filter=light_is("due", moment)),
        late=Count("pk", filter=light_is("late", moment)), reported=Count("pk", filter=Q(state=State.REPORTED)),
        closed=Count("pk", filter=Q(state=State.CLOSED)), points=Sum("points_at_stake", filter=Q(state__in=OPEN)),
    )  # fmt: skip
    out = [
        UnitCounts(
            Named(row["lead__code"], Text(row["lead__name_zh"], row["lead__name_en"])), row["total"], row["open"],
            row["due"], row["late"], row["reported"], row["closed"], row["points"] or 0,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(out, key=lambda one: (-one.late, -one.open, one.unit.code))


def per_check(post: Post, year: CampaignYear | int | None = None) -> dict[str, Progress]:
    """Return, for each check with work, how much of it is closed: 7 of 20 (two statements)."""
    found = WorkItem.objects.filter(SEE.visible(post) & _in_year(year)).exclude(Q(state__in=VOID) | Q(check_key=""))
    rows = (
        found.order_by()
        .values_list("check_key")
        .annotate(closed=Count("pk", filter=Q(state=State.CLOSED)), total=Count("pk"))
    )
    return {key: Progress(closed, total) for key, closed, total in rows}


def top_risks(
    post: Post, year: CampaignYear | int | None = None, *, count: int = 3, now: datetime | None = None
) -> list[Row]:
    """Return what a leader should see first: late before safety before points at stake (six statements at most)."""
    moment = now or timezone.now()
    found = WorkItem.objects.filter(SEE.visible(post) & _in_year(year), state__in=UNREPORTED, held_since=None)
    late = Case(When(deadline__lt=moment, then=Value(1)), default=Value(0), output_field=IntegerField())
    ordered = found.annotate(is_late=late).order_by("-is_late", "-safety", "-points_at_stake", "deadline", "id")
    return rows_of(fetched(ordered[:count]), moment, post.unit.county_id)


def at_site(post: Post, cluster: str, *, now: datetime | None = None) -> list[Row]:
    """Return the open items at a site that a post sees, for the page of the site and the form of a visit."""
    moment = now or timezone.now()
    found = WorkItem.objects.filter(SEE.visible(post), cluster=cluster, state__in=OPEN)
    return rows_of(fetched(found.order_by("deadline", "id")), moment, post.unit.county_id)


@dataclass(frozen=True, slots=True)
class Options:
    """What a list's filters can be set to: units that lead something, classes."""

    units: list[Named]
    classes: list[Named]
    kinds: tuple[str, ...] = tuple(Kind.values)
    states: tuple[str, ...] = tuple(State.values)
    lights: tuple[str, ...] = LIGHTS


def options(post: Post, year: CampaignYear | int | None = None, *, tree: Branches | None = None) -> Options:
    """Return what the filters of the list can be set to (two statements; types of sites are those of the rule book)."""
    led = WorkItem.objects.filter(SEE.visible(post, tree) & _in_year(year), lead=OuterRef("pk"))
    units = Unit.objects.filter(Exists(led), county_id=post.unit.county_id).order_by("code")
    known = WorkClass.objects.filter(county_id=post.unit.county_id, is_active=True).order_by("code")
    return Options(
        [Named(code, Text(zh, en)) for code, zh, en in units.values_list("code", "name_zh", "name_en")],
        [Named(code, Text(zh, en)) for code, zh, en in known.values_list("code", "name_zh", "name_en")],
    )
