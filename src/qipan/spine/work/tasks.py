"""Checks become tasks: the year's standard decomposed to the units that lead and support, with a preview.

One task is made for each check, since a check has one answering lead, one way of being judged and points of its own; a
node would have several of each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.queries import held
from qipan.ground.worktime.queries import clock
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear, TimeNode
from qipan.spine.campaigns.years.guard import refuse_closed_now
from qipan.spine.scorecards.queries import standing
from qipan.spine.work import messages, points
from qipan.spine.work.basis.actions import Cited, cite_in
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.demands import OVER, Asking, ask, refuse_if_on_file
from qipan.spine.work.lightness.empowering import lead_for
from qipan.spine.work.lightness.models import Demand
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.limits import STANDING, Due, ahead, due_by
from qipan.spine.work.models import OPEN, Kind, LogEntry, State, Step, WorkItem, WorkSettings
from qipan.spine.work.opening import number_of, take_counter
from qipan.spine.work.permissions import DECOMPOSE, ISSUE_TASK
from qipan.spine.work.plan.hanging import end_of
from qipan.spine.work.subtasks import parent_for
from qipan.spine.work.timing.when import When, as_when
from qipan.spine.work.writing import entry

SIDES = ("hardware", "software")
CHECK = "check"
"""The origin of a task that came from a check."""


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task that a decomposition would issue. `why_not` says what stands against it; then nothing is issued.

    `points` are the micro-points lost at the check today, `possible` those that it can bring.
    """

    check: str
    node: str
    section: str
    title: Text
    method: str
    lead: Unit | None
    supports: tuple[Unit, ...]
    deadline: datetime
    points: int
    possible: int
    why_not: Text | None = None
    reason: str = ""
    candidates: tuple[Unit, ...] = ()
    """Who could lead: the units of the leading functions, then the supporting ones."""


def preview_decomposition(
    year: CampaignYear, deadline: datetime, *, by: Post, only: Collection[str] | None = None
) -> list[PlannedTask]:
    """Return the tasks that the checks of a year would give to units by their functions; saves nothing.

    Args:
        year: the campaign year.
        deadline: of every task.
        by: who asks.
        only: keys of checks, or of nodes with everything below them; all when None.

    Raises:
        PermissionDenied: only the office decomposes.
    """
    if not DECOMPOSE.allows(by, year.campaign.county):
        raise PermissionDenied
    now = standing(year)
    units = {unit.pk: unit for unit in Unit.objects.filter(county_id=year.campaign.county_id)}
    open_tasks = _open_tasks(year)
    out = []
    for key, line in now.book.lines.items():
        if line.counter or key not in now.card.checks or not _wanted(now.book, line, only):
            continue
        score = now.card.checks[key]
        answer = now.duties.lead(line)
        lead = units.get(answer.unit) if answer.unit is not None else None
        why_not, reason = None, ""
        if key in open_tasks:
            why_not, reason = Text(f"已有在办任务{open_tasks[key]}", f"task {open_tasks[key]} is open"), "open"
        elif line.one_thing and score.possible and score.earned == score.possible:
            why_not, reason = Text("台账已有记录，且已满分", "the ledger has it already, at full points"), "answered"
        elif score.status == "not_applicable":
            why_not, reason = Text("本县不适用", "does not apply here"), "not_applicable"
        elif lead is None:
            words = Text("有多个牵头单位，尚未选定", "several units could lead and none is chosen")
            nobody = Text("没有牵头单位", "no unit leads")
            why_not, reason = (words if answer.why == "conflict" else nobody), "unowned"
        supports = tuple(units[unit] for unit in now.duties.supports(line) if unit in units)
        able = dict.fromkeys(
            [*answer.candidates, *([answer.unit] if answer.unit is not None else []), *now.duties.supports(line)]
        )
        section, title = now.book.nodes[line.node].section, title_of_check(now.book, line)
        out.append(
            PlannedTask(
                check=key, node=line.node, section=section, title=title, method=line.check.method, lead=lead,
                supports=supports, deadline=deadline, points=score.lost, possible=score.possible, why_not=why_not,
                reason=reason, candidates=tuple(units[unit] for unit in able if unit in units),
            )
        )  # fmt: skip
    return out


def title_of_check(book: Rulebook, line: Line) -> Text:
    """Return what a task of a check is called: the node, and how it is judged."""
    node = book.nodes[line.node]
    method = METHODS.get(line.check.method, Text(line.check.method, line.check.method))
    name = line.check.title or node.title
    return Text(f"{node.code} {name.zh}（{method.zh}）"[:200], f"{node.code} {name.en or name.zh} ({method.en})"[:200])


def _wanted(book: Rulebook, line: Line, only: Collection[str] | None) -> bool:
    return only is None or line.key in only or any(node.key in only for node in book.ancestors(line.node))


def _open_tasks(year: CampaignYear) -> dict[str, str]:
    rows = WorkItem.objects.filter(
        county_id=year.campaign.county_id, year=year.year, kind=Kind.TASK, origin_kind=CHECK, state__in=OPEN
    )
    return dict(rows.values_list("origin_id", "number"))


def decompose(
    year: CampaignYear, plans: Sequence[PlannedTask], *, by: Post, at: datetime | None = None,
    leads: Mapping[str, str] | None = None, deadlines: Mapping[str, datetime | When] | None = None,
    words: When | None = None, milestone: int | None = None,
) -> list[int]:  # fmt: skip
    """Issue planned tasks; those of checks that have an open task meanwhile, or do not apply, are passed over.

    Args:
        year: the campaign year.
        plans: as the preview returned them, those that are wanted.
        by: who issues.
        at: when; now unless told otherwise.
        leads: other lead units, by check: their codes.
        deadlines: other deadlines, by check.
        words: the deadline of all others as it was given, with its words.
        milestone: a node of the plan by whose day all of them are due; they hang on it.

    Returns:
        The numbers of the rows, in the order of the plans.

    Raises:
        PermissionDenied: only the office decomposes.
        WorkError: one has no lead unit, or no deadline ahead; nothing is issued.
    """
    if not DECOMPOSE.allows(by, year.campaign.county):
        raise PermissionDenied
    now = at or timezone.now()
    codes = {unit.code: unit for unit in Unit.objects.filter(county_id=year.campaign.county_id)}
    if milestone is not None:
        node = TimeNode.objects.filter(campaign=year.campaign, pk=milestone).first()
        if node is None:
            raise WorkError(Text("计划中没有该节点。", "The plan has no such node."), "milestone")
        words, deadlines = When(end_of(node.on)), None
    drafts = []
    for plan in plans:
        if plan.reason in {"open", "not_applicable", "answered"}:
            continue
        code = (leads or {}).get(plan.check) or (plan.lead.code if plan.lead else "")
        until = (deadlines or {}).get(plan.check, words or plan.deadline)
        drafts.append(
            TaskDraft(
                plan.title, _unit(codes, code, plan.title), as_when(until), check=plan.check, node=plan.node,
                supports=_supporting(plan, code), origin=(CHECK, plan.check, plan.title.zh), milestone=milestone,
            )
        )  # fmt: skip
    return [item.pk for item in issue_drafts(year, drafts, by, now)]


def _supporting(plan: PlannedTask, lead: str) -> tuple[Unit, ...]:
    """Return who supports: the units that support the check, and its own lead where another was chosen."""
    units = [*plan.supports, *([plan.lead] if plan.lead is not None else [])]
    return tuple(unit for unit in dict.fromkeys(units) if unit.code != lead)


def issue_task(
    year: CampaignYear, *, by: Post, title: Text, unit: str, deadline: datetime | When, text: str = "", deliverable: str = "",
    check: str = "", supports: Iterable[str] = (), origin: tuple[str, str, str] = ("office", "", ""),
    parent: str = "", post: int | None = None, side: str = "", basis: Sequence[Cited] = (),
    at: datetime | None = None,
) -> WorkItem:  # fmt: skip
    """Issue a single task.

    Args:
        year: the campaign year.
        by: the office, or a leader.
        title: what it is.
        unit: code of the lead unit.
        deadline: until when.
        text: what is wanted.
        deliverable: what is to be handed in.
        check: the check that it serves, if one.
        supports: codes of supporting units.
        origin: kind, id and label of what it came from.
        parent: number of the task that it is a subtask of.
        post: number of the post of the person in charge, in the lead unit.
        side: hardware or software; that of the check or of the parent when empty.
        basis: documents that it rests on.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: this post issues no tasks.
        WorkError: no title, no such unit, person, parent or document, or no deadline ahead.
    """
    if not ISSUE_TASK.allows(by, year.campaign.county):
        raise PermissionDenied
    if not title.zh.strip():
        raise WorkError(Text("请填写任务名称。", "Say what the task is."), "title")
    codes = {one.code: one for one in Unit.objects.filter(county_id=year.campaign.county_id)}
    helpers = tuple(_unit(codes, code, title, "supports") for code in supports if code != unit)
    line = rulebook(year).lines.get(check) if check else None
    if check and (line is None or line.counter):
        raise WorkError(Text(f"标准中没有测评点“{check}”。", f"The standard has no check {check!r}."), "check")
    if line is not None and line.one_thing:
        score = standing(year).card.checks.get(check)
        if score is not None and score.possible and score.earned == score.possible:
            refuse_if_on_file(year, rulebook(year), check)
    given, now = as_when(deadline), at or timezone.now()
    lead, ground = lead_for(_unit(codes, unit, title), year, title, now, check=check)
    if side and side not in SIDES:
        raise WorkError(Text("请选择硬件或软件。", "Choose hardware or software."), "side")
    over = parent_for(parent, by.unit.county_id, given.deadline) if parent.strip() else None
    person = _person(post, lead, now) if post is not None else None
    node = line.node if line else over.node if over else ""
    draft = TaskDraft(
        title, lead, given, check=check, node=node, supports=helpers,
        origin=(CHECK, check, title.zh) if check else origin, text=text.strip(), deliverable=deliverable.strip(),
        parent=over.pk if over else None, person=person, side=side or (over.side if over and not line else ""),
        basis=tuple(basis), ground=ground,
    )  # fmt: skip
    made = issue_drafts(year, [draft], by, now)
    if not made:
        number = _open_tasks(year).get(check, "")
        raise WorkError(
            Text(
                f"该测评点已有在办任务{number}，可作为其子任务交办。",
                f"This check has an open task already, {number}: give it as a subtask of that one.",
            ),
            "check",
        )
    return made[0]


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task that is about to be issued."""

    title: Text
    lead: Unit
    when: When
    check: str
    node: str
    supports: tuple[Unit, ...]
    origin: tuple[str, str, str]
    text: str = ""
    deliverable: str = ""
    follows: int | None = None
    ground: Mapping[str, str] = field(default_factory=dict)
    parent: int | None = None
    person: int | None = None
    side: str = ""
    basis: tuple[Cited, ...] = ()
    milestone: int | None = None


def _unit(codes: Mapping[str, Unit], code: str, title: Text, field: str = "unit") -> Unit:
    if not code:
        raise WorkError(
            Text(f"“{title.zh}”没有牵头单位，未保存。", f"“{title.en}” has no lead unit; nothing was saved."), field
        )
    if code not in codes:
        raise WorkError(Text(f"本县没有编号为“{code}”的单位。", f"The county has no unit {code!r}."), field)
    return codes[code]


def _person(post: int, lead: Unit, now: datetime) -> int:
    """Return the person who holds a post in a unit."""
    found = (
        Post.objects.filter(held(messages.day_of(now)), pk=post, unit=lead).values_list("person_id", flat=True).first()
    )
    if found is None:
        raise WorkError(
            Text("责任人须是牵头单位的在岗人员。", "The person has to hold a post in the lead unit."), "post"
        )
    return found


def task_key(county_id: int, year: int, check: str) -> str:
    """Return what only one open task of a check may carry."""
    return f"{county_id}:task:{year}:{check}"[:160]


def follow(last: WorkItem, year: CampaignYear, given: When, now: datetime) -> WorkItem | None:
    """Issue what comes after an item that comes again, by itself; None where its check has an open task."""
    if last.lead is None:
        return None
    draft = TaskDraft(
        last.title, last.lead, given, check=last.check_key, node=last.node, supports=tuple(last.supports.all()),
        origin=(last.origin_kind, last.origin_id, last.origin_label), text=last.text, deliverable=last.deliverable,
        follows=last.pk, side=last.side, parent=last.parent_id,
        basis=tuple(Cited(one.document_id, one.clause) for one in last.citations.all()),
    )  # fmt: skip
    made = issue_drafts(year, [draft], None, now)
    return made[0] if made else None


def issue_drafts(year: CampaignYear, drafts: Sequence[TaskDraft], by: Post | None, now: datetime) -> list[WorkItem]:
    """Issue tasks in one transaction; one of a check that has an open task is passed over.

    Raises:
        WorkError: a deadline is not ahead; nothing is issued.
    """
    for draft in drafts:
        ahead(draft.when.deadline, now)
    if not drafts:
        return []
    county = year.campaign.county_id
    counted = clock(county)
    lines = rulebook(year).lines
    who = actor(by) if by is not None else Actor(county=year.campaign.county.code)
    with act(who, now) as noted:
        settings = take_counter(county)
        refuse_closed_now(county, year.year)
        taken = _open_tasks(year)
        made: list[WorkItem] = []
        grounds: dict[str, Mapping[str, str]] = {}
        issued: list[TaskDraft] = []
        supports: list[tuple[WorkItem, Unit]] = []
        dues: dict[tuple[datetime, str], Due] = {}
        for draft in drafts:
            if draft.origin[0] == CHECK and draft.origin[1] in taken:
                continue
            item = _task(year, draft, settings, now)
            given = draft.when
            until = dues.get((given.deadline, given.cadence)) or due_by(
                counted, now, given.deadline, settings, standing=given.cadence == STANDING
            )
            dues[given.deadline, given.cadence] = until
            item.due_from, item.calendar_gap = until.due_from, until.gap
            line = lines.get(draft.check)
            item.side = draft.side or (line.side if line else "")
            if draft.origin[0] == CHECK:
                taken[draft.origin[1]] = item.number
                item.open_key = task_key(county, year.year, draft.check)
            made.append(item)
            grounds[item.number] = draft.ground
            issued.append(draft)
            supports += [(item, unit) for unit in draft.supports]
        WorkItem.objects.bulk_create(made)
        for item, draft in zip(made, issued, strict=True):
            for cited in draft.basis:
                cite_in(noted, item, cited)
        settings.save(update_fields=["next_number"])
        through = WorkItem.supports.through
        through.objects.bulk_create([through(workitem_id=item.pk, unit_id=unit.pk) for item, unit in supports])
        asked = [Asking(item.lead, item, Demand.Kind.TASK) for item in made if item.lead]
        over = ask(noted, by, now, [*asked, *(Asking(unit, item, Demand.Kind.SUPPORT) for item, unit in supports)])
        LogEntry.objects.bulk_create(
            [
                entry(
                    item,
                    Step.ISSUED,
                    by,
                    now,
                    text=item.text,
                    data={
                        "unit": item.lead.code,
                        **grounds[item.number],
                        **({OVER: over[item.pk]} if item.pk in over else {}),
                    },
                )
                for item in made
                if item.lead
            ]
        )
        if made:
            units = {unit for item in made for unit in (item.lead_id, item.territory_id)}
            messages.issued(made, messages.Recipients(units, messages.day_of(now), branches(county)), now, by)
            points.ask(year.campaign.county, by)
        if by is not None:
            weigh(
                noted, by, now,
                [
                    (Thing("work", item.number, item.title_zh), words)
                    for item in made
                    for words in (item.text, item.deliverable, *((item.title_zh, item.title_en) if item.origin_kind != CHECK else ()))
                ],
            )  # fmt: skip
        for item in made:
            noted.note(
                "work.issue", Thing("work", item.number, item.title_zh),
                {"check": item.check_key, "lead": item.lead.code if item.lead else ""},
            )  # fmt: skip
    return made


def _task(year: CampaignYear, draft: TaskDraft, settings: WorkSettings, now: datetime) -> WorkItem:
    return WorkItem(
        county_id=year.campaign.county_id, year=year.year, number=number_of(now, settings), kind=Kind.TASK,
        origin_kind=draft.origin[0][:24], origin_id=draft.origin[1][:80], origin_label=draft.origin[2][:200],
        title_zh=draft.title.zh[:200], title_en=draft.title.en[:200], text=draft.text, deliverable=draft.deliverable[:300],
        check_key=draft.check, node=draft.node, lead=draft.lead, state=State.ISSUED, issued_at=now, due_from=now,
        deadline=draft.when.deadline, deadline_text=draft.when.text, cadence=draft.when.cadence,
        limit=draft.when.limit.amount if draft.when.limit else None,
        limit_unit=draft.when.limit.unit if draft.when.limit else "", follows_id=draft.follows, parent_id=draft.parent,
        person_id=draft.person, milestone_id=draft.milestone,
    )  # fmt: skip
