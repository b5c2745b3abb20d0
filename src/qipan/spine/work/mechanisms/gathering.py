"""What an agenda says: gathered from the record as of a moment. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.spine.campaigns.models import CampaignYear, SpecialAction
from qipan.spine.ledger.models import Observation
from qipan.spine.work.branches import Branches, branches
from qipan.spine.work.hard.queries import lines as hard_lines
from qipan.spine.work.ladder import RUNG_WORDS
from qipan.spine.work.ladder_queries import proposals
from qipan.spine.work.limits import light_is
from qipan.spine.work.messages import day_of, short
from qipan.spine.work.models import OPEN, Mechanism, Request, State, WorkItem
from qipan.spine.work.special.conditions import of_action, recurred

SHOWN = 20
"""So many lines of a point are kept; the count is that of all."""
UNSEEN = timedelta(days=30)
RISKS = 10

LOOKS: dict[str, Text] = {
    "late": Text("超期事项", "Late items"),
    "due": Text("下次之前到期的事项", "Due before the next run"),
    "requests": Text("待研究的申请", "Requests to decide"),
    "decided": Text("上次以来已处理的申请", "Requests decided since the last run"),
    "risks": Text("主要风险", "Main risks"),
    "ladder": Text("督办建议", "Proposals of the ladder"),
    "hard": Text("待复核的难点问题", "Hard problems to review"),
    "special": Text("专项行动进展", "Special actions"),
    "places": Text("近30天未检查的点位", "Places not looked at in 30 days"),
}
"""What a mechanism can look at, in the order of its first agenda."""
REQUESTS: dict[str, Text] = {
    "return": Text("退回", "return"), "extension": Text("延期", "extension"),
    "coordination": Text("提请协调", "co-ordination"), "appeal": Text("申诉", "dispute"),
}  # fmt: skip
ENDED: dict[str, Text] = {"upheld": Text("同意", "upheld"), "rejected": Text("不同意", "rejected")}


@dataclass(frozen=True, slots=True)
class Found:
    """What one look comes to: how many, and the first lines of them."""

    look: str
    count: int
    lines: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Around:
    year: CampaignYear
    now: datetime
    last: datetime
    next_on: date
    tree: Branches
    units: frozenset[int]

    @property
    def county(self) -> int:
        return self.year.campaign.county_id

    def items(self, where: Q) -> Q:
        """Return the condition of items of the year that concern the units."""
        mine = Q(county_id=self.county, year=self.year.year) & where
        return mine & (Q(lead_id__in=self.units) | Q(territory_id__in=self.units)) if self.units else mine


def gather(mechanism: Mechanism, year: CampaignYear, now: datetime, *, last: datetime, next_on: date) -> list[Found]:
    """Return what the looks of a mechanism find, without those that find nothing.

    Args:
        mechanism: whose looks and units.
        year: whose record.
        now: the moment.
        last: when its last run was prepared.
        next_on: the day of its next run.
    """
    tree = branches(year.campaign.county_id)
    units = frozenset().union(*(tree.below(unit) for unit in mechanism.units.values_list("pk", flat=True)))
    around = _Around(year, now, last, next_on, tree, units)
    found = [_LOOKS[look](around) for look in LOOKS if look in mechanism.looks]
    return [one for one in found if one.count]


def _line(zh: str, en: str, url: str) -> dict[str, str]:
    return {"zh": zh, "en": en, "url": url}


def _items(look: str, found: Iterable[WorkItem], count: int, more: Callable[[WorkItem], tuple[str, str]]) -> Found:
    lines = []
    for item in found:
        zh, en = more(item)
        lead_zh = item.lead.name_zh if item.lead else "无责任单位"
        lead_en = (item.lead.name_en or item.lead.name_zh) if item.lead else "unowned"
        lines.append(
            _line(
                f"{item.number} {short(item.title_zh)}（{lead_zh}）{zh}",
                f"{item.number} {short(item.title_en or item.title_zh)} ({lead_en}){en}", f"/work/{item.number}/",
            )
        )  # fmt: skip
    return Found(look, count, tuple(lines))


def _of(
    around: _Around, look: str, where: Q, order: tuple[str, ...], more: Callable[[WorkItem], tuple[str, str]]
) -> Found:
    found = WorkItem.objects.filter(around.items(where)).order_by(*order)
    return _items(look, found.select_related("lead")[:SHOWN], found.count(), more)


def _until(item: WorkItem) -> tuple[str, str]:
    day = day_of(item.deadline)
    return f"，{day.month}月{day.day}日到期", f", due {day.day} {day:%b}"


def _late(around: _Around) -> Found:
    def days(item: WorkItem) -> tuple[str, str]:
        over = (day_of(around.now) - day_of(item.deadline)).days
        return (f"，超期{over}天", f", {over} days late") if over else ("，今天已超期", ", late today")

    return _of(around, "late", light_is("late", around.now), ("deadline", "id"), days)


def _due(around: _Around) -> Found:
    end = timezone.make_aware(datetime.combine(around.next_on, time()), timezone.get_default_timezone())
    waits = Q(state__in=(State.ISSUED, State.ACCEPTED), held_since=None)
    return _of(around, "due", waits & Q(deadline__gte=around.now, deadline__lt=end), ("deadline", "id"), _until)


def _requests(around: _Around) -> Found:
    asked = Q(request__in=tuple(REQUESTS), state__in=OPEN)

    def kind(item: WorkItem) -> tuple[str, str]:
        words = REQUESTS[item.request]
        return f"：{words.zh}", f": {words.en}"

    return _of(around, "requests", asked, ("deadline", "id"), kind)


def _decided(around: _Around) -> Found:
    rows = Request.objects.filter(state__in=tuple(ENDED), decided_at__gt=around.last, decided_at__lte=around.now)
    rows = rows.filter(work_item__in=WorkItem.objects.filter(around.items(Q())).order_by())
    lines = []
    for row in rows.select_related("work_item").order_by("decided_at", "id")[:SHOWN]:
        kind, ended, item = REQUESTS[row.kind], ENDED[row.state], row.work_item
        zh = f"{item.number} {short(item.title_zh)}：{kind.zh}，{ended.zh}"
        en = f"{item.number} {short(item.title_en or item.title_zh)}: {kind.en} {ended.en}"
        lines.append(_line(zh, en, f"/work/{item.number}/"))
    return Found("decided", rows.count(), tuple(lines))


def _risks(around: _Around) -> Found:
    waits = Q(state__in=(State.ISSUED, State.ACCEPTED), held_since=None)
    found = WorkItem.objects.filter(around.items(waits & (Q(safety=True) | Q(points_at_stake__gt=0))))
    top = list(found.select_related("lead").order_by("-safety", "-points_at_stake", "deadline", "id")[:RISKS])
    return _items(
        "risks", top, len(top),
        lambda item: ("，安全隐患", ", danger") if item.safety else ("，涉及分值较高", ", many points at stake"),
    )  # fmt: skip


def _ladder(around: _Around) -> Found:
    found = [
        (item, proposed)
        for item, proposed, _last in proposals(around.county, around.now)
        if not around.units or item.lead_id in around.units
    ]
    rungs = {item.pk: RUNG_WORDS[proposed.rung] for item, proposed in found}
    return _items(
        "ladder", [item for item, _proposed in found[:SHOWN]], len(found),
        lambda item: (f"：建议{rungs[item.pk].zh}", f": {rungs[item.pk].en} proposed"),
    )  # fmt: skip


def _hard(around: _Around) -> Found:
    mine = []
    for line in hard_lines(around.year, around.now, only=Q(solved_at=None, review_on__lte=around.next_on)):
        problem, overdue = line.problem, line.problem.review_on < day_of(around.now)
        if not around.units or problem.lead_id in around.units:
            day = problem.review_on
            zh = f"{problem.title_zh}（{problem.lead.name_zh}）：{day.month}月{day.day}日复核{'，已超期' if overdue else ''}"
            lead = problem.lead.name_en or problem.lead.name_zh
            en = f"{problem.title_en or problem.title_zh} ({lead}): review {day.day} {day:%b}{', overdue' if overdue else ''}"
            mine.append(_line(zh, en, f"/plan/hard/{problem.pk}/"))
    return Found("hard", len(mine), tuple(mine[:SHOWN]))


def _special(around: _Around) -> Found:
    today = day_of(around.now)
    running = SpecialAction.objects.filter(campaign_id=around.year.campaign_id, first__lte=today, last__gte=today)
    lines = []
    for action in running:
        found = WorkItem.objects.filter(of_action(action, around.tree), around.items(Q())).order_by()
        kinds = {
            "found": Q(), "closed": Q(state=State.CLOSED), "late": light_is("late", around.now), "back": recurred(),
        }  # fmt: skip
        n = found.aggregate(**{name: Count("pk", filter=where, distinct=True) for name, where in kinds.items()})
        zh = f"{action.name_zh}：发现{n['found']}件，办结{n['closed']}件，超期{n['late']}件，复发{n['back']}件"
        en = (
            f"{action.name_en or action.name_zh}: {n['found']} found, {n['closed']} closed, {n['late']} late, "
            f"{n['back']} come back"
        )
        lines.append(_line(zh, en, f"/plan/actions/{action.pk}/"))
    return Found("special", len(lines), tuple(lines[:SHOWN]))


def _places(around: _Around) -> Found:
    today = day_of(around.now)
    years = (around.year.year - 1, around.year.year)
    looks = Observation.objects.filter(county_id=around.county, year__in=years, own=False, observed_at__lte=around.now)
    last = dict(looks.exclude(cluster="").values_list("cluster").annotate(last=Max("observed_at")).order_by())
    there = (Q(valid_from=None) | Q(valid_from__lte=today)) & (Q(valid_to=None) | Q(valid_to__gte=today))
    sites = Site.objects.filter(there, county_id=around.county).order_by("code")
    if around.units:
        sites = sites.filter(territory_id__in=around.units)
    unseen = []
    for code, zh, en in sites.values_list("code", "name_zh", "name_en"):
        seen = last.get(code)
        if seen is None or seen < around.now - UNSEEN:
            unseen.append((seen is not None, seen or around.now, code, zh, en))
    lines = [
        _line(
            f"{code} {zh}" + (f"，上次{day_of(at)}" if seen else "，尚未检查"),
            f"{code} {en or zh}" + (f", last {day_of(at)}" if seen else ", never"), f"/sites/{code}/",
        )
        for seen, at, code, zh, en in sorted(unseen)[:SHOWN]
    ]  # fmt: skip
    return Found("places", len(unseen), tuple(lines))


_LOOKS: dict[str, Callable[[_Around], Found]] = {
    "late": _late, "due": _due, "requests": _requests, "decided": _decided, "risks": _risks, "ladder": _ladder,
    "hard": _hard, "special": _special, "places": _places,
}  # fmt: skip
