"""Deciding on the ladder: the office confirms proposed rungs, or holds one back with a reason, and sets the days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import F, Max

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.notify.actions import Notice, send_all
from qipan.ground.units.acting import actor
from qipan.ground.units.models import County, Post, Unit
from qipan.spine.work import messages
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.ladder import (
    ON_PAPER,
    RUNG_WORDS,
    RUNGS,
    Proposed,
    addressee,
    days_of,
    days_over,
    decided,
    ladder_of,
    may_escalate,
    proposal,
)  # fmt: skip
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.models import Escalation, Ladder, LogEntry, Rung, Slip, Step, WorkClass, WorkItem
from qipan.spine.work.opening import take_counter
from qipan.spine.work.permissions import SET_LADDER
from qipan.spine.work.writing import entry, moment

LONGEST_DAYS = 365
LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Chosen:
    """A proposal as the office saw it: the item, its version, and the rung."""

    item: int
    version: int
    rung: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision: what was done, and the numbers of the items that had changed meanwhile."""

    done: tuple[Escalation, ...]
    left: tuple[str, ...]
    slips: tuple[Slip, ...] = ()


@dataclass(slots=True)
class _Ready:
    item: WorkItem
    proposed: Proposed
    to: int


def confirm(
    chosen: Sequence[Chosen], *, by: Post, text: str = "", until: date | None = None, at: datetime | None = None
) -> Outcome:
    """Take the proposed rungs of some items. Each unit is told once for each rung; slips are one for each unit.

    Args:
        chosen: the proposals as they were seen; what has changed since is left alone and named.
        by: of the office.
        text: what is said to the units with it.
        until: by when a supervision slip wants a report; needed where one comes of it.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: only the office decides.
        WorkError: nothing is chosen, a day is missing or past, or the text is too long.
    """
    now = moment(at)
    words = _checked(chosen, by, text)
    paper = any(one.rung == Rung.SUPERVISE for one in chosen)
    if paper and until is None:
        raise WorkError(Text("请填写督办单的反馈期限。", "Say by when the supervision order wants a report."), "until")
    if until is not None and until < messages.day_of(now):
        raise WorkError(Text("期限不能早于今天。", "The day cannot lie before today."), "until")
    with act(actor(by), now) as noted:
        take_counter(by.unit.county_id)
        ready, left = _take(chosen, by, now)
        slips = _slips(ready, by, words, until, now)
        done = []
        log = []
        for each in ready:
            slip = slips.get((each.to, each.proposed.rung)) if each.proposed.rung in ON_PAPER else None
            done.append(_decision(each, by, words, now, confirmed=True, slip=slip))
            log.append(_log(each, by, words, now, slip))
        done = Escalation.objects.bulk_create(done)
        LogEntry.objects.bulk_create(log)
        _tell(ready, slips, words, by, now)
        _note(noted, ready, "work.escalate", slips)
        if ready:
            weigh(noted, by, now, [(Thing("work", ready[0].item.number, ready[0].item.title_zh), words)])
    return Outcome(tuple(done), tuple(left), tuple(slips.values()))


def hold(chosen: Sequence[Chosen], *, by: Post, reason: str, at: datetime | None = None) -> Outcome:
    """Hold proposed rungs back; the unit is told nothing. They come again when the days give a higher rung.

    Raises:
        PermissionDenied: only the office decides.
        WorkError: nothing is chosen, or no reason is given.
    """
    now = moment(at)
    words = _checked(chosen, by, reason)
    if not words:
        raise WorkError(Text("请写明暂缓的理由。", "Say why it is held back."), "text")
    with act(actor(by), now) as noted:
        take_counter(by.unit.county_id)
        ready, left = _take(chosen, by, now)
        done = Escalation.objects.bulk_create([_decision(each, by, words, now, confirmed=False) for each in ready])
        _note(noted, ready, "work.hold_back", {})
    return Outcome(tuple(done), tuple(left))


def _checked(chosen: Sequence[Chosen], by: Post, text: str) -> str:
    if not SET_LADDER.allows(by):
        raise PermissionDenied
    if not chosen:
        raise WorkError(Text("请至少选择一件事项。", "Choose at least one item."), "items")
    words = text.strip()
    if len(words) > LONGEST_TEXT:
        raise WorkError(
            Text(f"最多{LONGEST_TEXT}个字，现有{len(words)}个。", f"At most {LONGEST_TEXT} characters; these are {len(words)}."),
            "text",
        )  # fmt: skip
    return words


def _take(chosen: Sequence[Chosen], by: Post, now: datetime) -> tuple[list[_Ready], list[str]]:
    """Take the items that still stand before the rung that was seen, one after the other; return the others' numbers."""
    county = by.unit.county_id
    tree = branches(county)
    types = dict(Unit.objects.filter(county_id=county).values_list("pk", "type"))
    limits = days_of(ladder_of(county))
    seen = {one.item: one for one in chosen}
    found = WorkItem.objects.filter(county_id=county, pk__in=seen).select_related("lead").order_by("pk")
    ready, left = [], []
    for item in found.prefetch_related("escalations"):
        one = seen[item.pk]
        wanted = proposal(days_over(item, now), limits, decided(item.escalations.all(), item))
        fits = may_escalate(item, now) and wanted is not None and wanted.rung == one.rung
        # The row is taken by its version, so that nobody has reported it in between.
        rows = WorkItem.objects.filter(pk=item.pk, version=one.version)
        if not fits or wanted is None or item.lead_id is None or not rows.update(version=F("version") + 1):
            left.append(item.number)
            continue
        item.version = one.version + 1
        ready.append(_Ready(item, wanted, addressee(item.lead_id, types, tree)))
    return ready, left


def _slips(
    ready: Sequence[_Ready], by: Post, text: str, until: date | None, now: datetime
) -> dict[tuple[int, str], Slip]:
    """Number one slip for each unit and rung that comes on paper."""
    county, year = by.unit.county_id, messages.day_of(now).year
    wanted = dict.fromkeys((each.to, each.proposed.rung) for each in ready if each.proposed.rung in ON_PAPER)
    made: dict[tuple[int, str], Slip] = {}
    for unit, rung in wanted:
        last = Slip.objects.filter(county_id=county, rung=rung, year=year).aggregate(last=Max("serial"))["last"] or 0
        made[unit, rung] = Slip.objects.create(
            county_id=county, rung=rung, year=year, serial=last + 1, unit_id=unit, issued_at=now, text=text,
            until=until if rung == Rung.SUPERVISE else None, by_post=by.title_zh,
        )  # fmt: skip
    return made


def _decision(
    each: _Ready, by: Post, text: str, now: datetime, *, confirmed: bool, slip: Slip | None = None
) -> Escalation:
    return Escalation(
        work_item=each.item, rung=each.proposed.rung, due=each.proposed.due, confirmed=confirmed,
        deadline=each.item.deadline, days=each.proposed.days, text=text, slip=slip, at=now,
        by_person=str(by.person)[:80], by_post=by.title_zh,
    )  # fmt: skip


def _log(each: _Ready, by: Post, text: str, now: datetime, slip: Slip | None) -> LogEntry:
    data: dict[str, object] = {"rung": each.proposed.rung.value, "days": each.proposed.days}
    if slip is not None:
        data |= {"slip": slip.pk, "slip_number": f"{slip.year}-{slip.serial}"}
    return entry(each.item, Step.ESCALATED, by, now, text=text, data=data)


def _tell(ready: Sequence[_Ready], slips: Mapping[tuple[int, str], Slip], text: str, by: Post, now: datetime) -> None:
    """Tell each unit once for each rung; the unit that leads and the one that is spoken to, where they differ."""
    tree = branches(by.unit.county_id)
    recipients = messages.Recipients(
        [unit for each in ready for unit in (each.item.lead_id, each.to)], messages.day_of(now), tree
    )
    groups: dict[tuple[int, int, Rung], list[_Ready]] = {}
    for each in ready:
        lead = each.item.lead_id or each.to
        groups.setdefault((each.to, lead, each.proposed.rung), []).append(each)
    notices = []
    for (to, lead, rung), mine in groups.items():
        posts = {post.pk: post for unit in (lead, to) for post in recipients.of(unit) if post.pk != by.pk}
        slip = slips.get((to, rung))
        numbers = [each.item.number for each in mine]
        link = f"/work/ladder/slips/{slip.pk}/" if slip else _list(numbers)
        notices.append(
            Notice(tuple(posts.values()), "work.escalated", _words(rung, mine, text), link, ("work", numbers[0]))
        )
    send_all(notices, at=now)


def _list(numbers: Sequence[str]) -> str:
    if len(numbers) == 1:
        return messages.link(numbers[0])
    joined = ",".join(numbers)
    return f"/work/?number={joined}" if len(joined) < 180 else "/work/"


def _words(rung: Rung, mine: Sequence[_Ready], text: str) -> Text:
    word = RUNG_WORDS[rung]
    longest = max(each.proposed.days for each in mine)
    first = mine[0].item
    said = f"：{messages.short(text, 80)}" if text else ""
    said_en = f" {messages.short(text, 80)}" if text else ""
    if len(mine) == 1:
        return Text(
            f"{word.zh}：{first.number} {messages.short(first.title_zh)}，已超时{longest}天{said}",
            f"{word.en.capitalize()}: {first.number} {messages.short(first.title_en or first.title_zh)}, "
            f"{longest} days late.{said_en}",
        )
    return Text(
        f"{word.zh}：{len(mine)}件，最长已超时{longest}天，首件{first.number}{said}",
        f"{word.en.capitalize()}: {len(mine)} items, up to {longest} days late, the first {first.number}.{said_en}",
    )


def _note(noted: Act, ready: Sequence[_Ready], verb: str, slips: Mapping[tuple[int, str], Slip]) -> None:
    for each in ready:
        slip = slips.get((each.to, each.proposed.rung))
        details = {"rung": each.proposed.rung.value, "days": each.proposed.days}
        if slip is not None:
            details |= {"slip": slip.pk}
        noted.note(verb, Thing("work", each.item.number, each.item.title_zh), details)


def set_ladder(
    county: County, days: Mapping[str, int], *, version: int, by: Post, at: datetime | None = None
) -> Ladder:
    """Set after how many days each rung is proposed.

    Args:
        county: whose ladder.
        days: for every rung; each later than the one below it.
        version: as it was read; 0 where the county had only the sample.
        by: of the office.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: only the office sets it.
        WorkError: a number cannot be, or someone else has set it meanwhile (field "version").
    """
    if not SET_LADDER.allows(by, county):
        raise PermissionDenied
    least = 1
    for rung in RUNGS:
        if not least <= days[rung] <= LONGEST_DAYS:
            raise WorkError(
                Text(
                    f"“{RUNG_WORDS[rung].zh}”应在{least}至{LONGEST_DAYS}天之间，且晚于上一级。",
                    f"“{RUNG_WORDS[rung].en}” lies between {least} and {LONGEST_DAYS} days, after the rung below it.",
                ),
                rung.value,
            )
        least = days[rung] + 1
    wanted = {rung.value: days[rung] for rung in RUNGS}
    with act(actor(by), moment(at)) as noted:
        take_counter(county.pk)
        now = Ladder.objects.filter(county=county).first() or Ladder(county=county, version=0)
        if now.version != version:
            raise WorkError(
                Text("您打开页面后，已有人修改过。请看清现在的天数再保存。", "Someone changed it after you opened the page. See what it says now, then save again."),
                "version",
            )  # fmt: skip
        was = {rung.value: number for rung, number in days_of(now).items()}
        if was == wanted and version:
            return now
        saved, _made = Ladder.objects.update_or_create(
            county=county, defaults={**wanted, "basis": WorkClass.Basis.OFFICE, "version": version + 1}
        )
        changes = {name: [str(was[name]), str(value)] for name, value in wanted.items() if was[name] != value}
        noted.note("work.ladder", Thing("ladder", county.code, county.name_zh), {"changes": changes})
    return saved
