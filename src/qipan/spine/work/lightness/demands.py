"""Requests to units: counted when they are made, held at the month's limit, answered by the ledger where it has the answer.

A request is what a unit has to write, collect or answer: each task, to the unit that leads it and to each that supports;
an order for documents, a figure or an opinion; a leader's instruction; a note that asks for papers. An order from a
fault that somebody saw is no request: it asks for work in the street and not on paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qipan.assessment.reading import MISSING, WITHDRAWN
from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing
from qipan.ground.notify.actions import send
from qipan.ground.units.models import Post, Role, Unit
from qipan.ground.units.queries import held
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.models import Observation
from qipan.spine.work import messages
from qipan.spine.work.lightness.grounds import LEAST, grounds
from qipan.spine.work.lightness.halts import Filed, OnFile, OverLimit, Overloaded
from qipan.spine.work.lightness.models import Demand
from qipan.spine.work.limits import settings_of
from qipan.spine.work.models import WorkItem
from qipan.spine.work.titles import title_of

OVER = "over"
"""Under this name an entry of the log says that a request goes over the limit, why, and which leader answers for it."""


ASKS = "asks"
"""Under this name a note says that it asks the unit for papers."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One request that is about to be made."""

    unit: Unit
    item: WorkItem
    kind: Demand.Kind


def month_of(at: datetime) -> str:
    """Return the month of a moment on the installation's clock: 2026-11."""
    return f"{messages.day_of(at):%Y-%m}"


def leaders(county_id: int, at: datetime) -> list[Post]:
    """Return the leaders who can answer for going over the limit."""
    posts = Post.objects.filter(
        held(messages.day_of(at)), unit__county_id=county_id, role=Role.LEADER, person__is_active=True
    )
    return list(posts.select_related("unit", "person").order_by("unit__code", "pk"))


def ask(noted: Act, by: Post | None, now: datetime, asked: Sequence[Asking]) -> dict[int, dict[str, str]]:
    """Count requests to units, within the act that makes them; each unit at most the limit of the month without a reason.

    Args:
        noted: the act, whose transaction this is.
        by: who asks; nobody where a task comes again by itself: that is counted, and was agreed to when it was first set.
        now: when.
        asked: the requests.

    Returns:
        Of each item over the limit what its log is told: why, and who answers.

    Raises:
        OverLimit: a unit would be asked more than the limit, and there is no reason by a named leader.
    """
    if not asked:
        return {}
    county, month = asked[0].item.county_id, month_of(now)
    limit = settings_of(county).requests_a_month if by is not None else 0
    more = Counter(each.unit.pk for each in asked)
    had = Counter(
        Demand.objects.filter(county_id=county, month=month, unit_id__in=more).values_list("unit_id", flat=True)
    )
    over = {unit for unit, count in more.items() if limit and had[unit] + count > limit}
    out: dict[int, dict[str, str]] = {}
    why: dict[str, str] = {}
    if over:
        units = {each.unit.pk: each.unit for each in asked}
        loaded = [
            Overloaded(units[pk].name, units[pk].code, had[pk], more[pk])
            for pk in sorted(over, key=lambda pk: units[pk].code)
        ]
        why = _why(county, now, loaded, limit, month)
    so_far = Counter(had)
    rows = []
    for each in asked:
        so_far[each.unit.pk] += 1
        beyond = bool(limit) and so_far[each.unit.pk] > limit
        if beyond:
            out[each.item.pk] = why
        rows.append(
            Demand(
                county_id=county, unit=each.unit, work_item=each.item, kind=each.kind, month=month, at=now,
                reason=why.get("reason", "") if beyond else "", leader=why.get("leader", "")[:160] if beyond else "",
                by_person=str(by.person)[:80] if by else "", by_post=by.title_zh if by else "",
            )
        )  # fmt: skip
    Demand.objects.bulk_create(rows)
    for pk in sorted(over):
        unit = next(each.unit for each in asked if each.unit.pk == pk)
        details = {"count": had[pk] + more[pk], "limit": limit}
        noted.note("demand.over", Thing("unit", unit.code, unit.name_zh), details)
    return out


def _why(county: int, now: datetime, loaded: Sequence[Overloaded], limit: int, month: str) -> dict[str, str]:
    """Return the reason and the leader that go with the act.

    Raises:
        OverLimit: one of them is missing.
    """
    given = grounds()
    if not given.reason.strip() and not given.leader:
        raise OverLimit(loaded, limit, month)
    if len(given.reason.strip()) < LEAST:
        raise OverLimit(loaded, limit, month, field="reason")
    named = next((post for post in leaders(county, now) if post.pk == given.leader), None)
    if named is None:
        raise OverLimit(loaded, limit, month, field="leader")
    words = Text(
        f"{month}月要求限额{limit}件已超出（{len(loaded)}个单位），由您负责，理由：{messages.short(given.reason.strip(), 100)}",
        f"The limit of {limit} requests in {month} is gone over for {len(loaded)} units in your name: "
        f"{messages.short(given.reason.strip(), 100)}",
    )
    address = f"/work/lightness/requests/?month={month}&over=yes"
    send([named], "demand.over", words, link=address, at=now)
    return {"reason": given.reason.strip(), "leader": f"{named.title_zh} {named.person}"}


def on_file(year: CampaignYear, book: Rulebook, line: Line) -> list[Filed]:
    """Return what the ledger of a year has for every item of a check that is one thing; nothing where one item lacks."""
    items = line.strata.get(UNSTRATIFIED, {})
    if not line.one_thing or not items:
        return []
    rows = Observation.objects.filter(
        county_id=year.campaign.county_id, year=year.year, cluster=UNSTRATIFIED, item__in=items
    ).order_by("seq")
    latest = {row.item: row for row in rows}
    if set(latest) != set(items) or any(row.outcome in MISSING or row.outcome == WITHDRAWN for row in latest.values()):
        return []
    return [Filed(title_of(book, item, line), row.outcome, row.observed_at, row.uid) for item, row in latest.items()]


def refuse_if_on_file(year: CampaignYear, book: Rulebook, check: str) -> None:
    """Refuse to ask for what a check looks at, where the ledger of the year has it already.

    Raises:
        OnFile: it has.
    """
    line = book.lines.get(check)
    filed = on_file(year, book, line) if line is not None else []
    if line is not None and filed:
        node = book.nodes[line.node]
        raise OnFile(line.node, line.check.title or node.title, filed)
