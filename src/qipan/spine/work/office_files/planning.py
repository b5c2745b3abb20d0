"""What each row of an office's file would do: open an order, issue a task, join what is open, or nothing, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from qipan.assessment.text import Text
from qipan.ground.documents.headings import plain
from qipan.ground.documents.office.pictures import Picture
from qipan.ground.documents.problems import Place
from qipan.ground.units.models import Unit
from qipan.spine.work.lightness.rules import broken, shipped_rules
from qipan.spine.work.limits import FARTHEST
from qipan.spine.work.messages import day_of
from qipan.spine.work.office_files import days
from qipan.spine.work.office_files.columns import CLOSED_WORDS, PROBLEM, TASK
from qipan.spine.work.office_files.rows import OfficeRow, ReadTable
from qipan.spine.work.office_files.units import Meant, cell_units
from qipan.spine.work.office_files.world import Known, World
from qipan.spine.work.opening import Finding, keys_of, proposed
from qipan.spine.work.tasks import TaskDraft
from qipan.spine.work.timing.when import When

ORDER, NEW_TASK, JOIN, SAME, DIFFERS, SKIP = "order", "task", "join", "same", "differs", "skip"
STATES = (SKIP, DIFFERS, ORDER, NEW_TASK, JOIN, SAME)
"""What a row would do, those that need a look first."""

_LABELS = (
    ("measure", "整改措施"), ("wanted", "工作要求"), ("section", "测评项目"), ("criterion", "测评指标"), ("source", "问题来源"),
    ("leader", "责任领导"), ("person", "责任人"), ("remark", "备注"),
)  # fmt: skip
"""Columns that are kept as lines of the item's text."""


@dataclass(slots=True)
class PlannedRow:
    """What a row would do, and what it needs for that."""

    place: Place
    state: str
    title: Text = field(default_factory=Text)
    lead: Text = field(default_factory=Text)
    deadline: datetime | None = None
    words: str = ""
    """The deadline as it is written."""
    reasons: list[Text] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    joins: str = ""
    """The number of the open order that it joins, or of the item that it is."""
    identity: str = ""
    said: dict[str, object] = field(default_factory=dict)
    finding: Finding | None = None
    draft: TaskDraft | None = None
    supports: tuple[int, ...] = ()
    person: int | None = None
    territory: int | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(slots=True)
class Plan:
    """What a file as a whole would do, with what the office should settle first."""

    rows: list[PlannedRow] = field(default_factory=list)
    unknown_units: dict[str, int] = field(default_factory=dict)
    """Words for units that mean none, and in how many rows."""
    past: int = 0
    """Rows whose deadline has passed, or that have none and need one."""

    def count(self, state: str) -> int:
        """Return how many rows would do so."""
        return sum(1 for one in self.rows if one.state == state)

    @property
    def changes(self) -> int:
        """Return how many rows would change something."""
        return sum(1 for one in self.rows if one.state in {ORDER, NEW_TASK, JOIN})

    def digest(self) -> str:
        """Return what tells this plan from another."""
        hashed = hashlib.sha256()
        for one in self.rows:
            # What counts is what is written: a deadline that is counted from now moves with every look.
            hashed.update(f"{one.identity}|{one.state}|{one.joins}|{one.lead.zh}|{one.said.get('deadline')}\n".encode())
        return hashed.hexdigest()[:24]


def plan(
    tables: Sequence[ReadTable], world: World, *, now: datetime, fallback: datetime | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> Plan:  # fmt: skip
    """Return what the rows of a file would do; writes nothing.

    Args:
        tables: the tables that were read.
        world: what the county knows.
        now: the moment.
        fallback: the deadline of rows whose own has passed, or that have none and need one.
        tell: is told how many rows have been looked at.
    """
    out = Plan()
    planner = _Planner(world, now, fallback, out)
    for table in tables:
        for row in table.rows:
            planner.add(row, table.kind)
            if len(out.rows) % 500 == 0:
                tell(len(out.rows))
    planner.join()
    return out


class _Planner:
    """Looks at the rows of a file one by one, and at what they join all at once."""

    def __init__(self, world: World, now: datetime, fallback: datetime | None, out: Plan) -> None:
        self.world, self.now, self.fallback, self.out = world, now, fallback, out
        self.seen: dict[str, Place] = {}
        self.dates = days.Deadlines(world.clock, now, world.at_once_days)
        self.rails = shipped_rules()

    def add(self, row: OfficeRow, kind: str) -> None:
        """Look at one row; a group of units makes several of it."""
        if row.passed_over:
            self._skip(row, row.passed_over)
            return
        what = row.line(PROBLEM) if kind == PROBLEM else row.line(TASK)
        title = Text(what[:200])
        number = self.world.number(row)
        if number:
            self._known_number(row, number, title)
            return
        if not kind:
            self._skip(row, Text("表中没有问题或任务一列", "no column says what the problem or the task is"))
            return
        if not what:
            words = (
                Text("“问题”一栏是空的", "no problem is written")
                if kind == PROBLEM
                else Text("“任务”一栏是空的", "no task is written")
            )
            self._skip(row, words)
            return
        units = cell_units(row.words("lead"), self.world.units)
        support = cell_units(row.words("support"), self.world.units, only_support=True)
        unknown = (*units.unknown, *(one for one in support.unknown if one not in units.unknown))
        for word in unknown:
            self.out.unknown_units[word] = self.out.unknown_units.get(word, 0) + 1
        identity = self._identity(row, kind, what)
        before = self.world.rows.get(identity)
        # A row is looked for before anything is asked of it: what was imported once needs no mapping again.
        if identity in self.seen:
            place = self.seen[identity].words()
            self._skip(row, Text(f"与{place.zh}重复", f"repeats {place.en}"), title=title)
            return
        if before is None and (over := self._is_over(row)):
            self._skip(row, over, title=title)
            return
        if unknown and before is None:
            said = "、".join(unknown)
            self._skip(row, Text(f"单位“{said}”没有对应到单位库", f"no unit is called {said}"), title=title)
            return
        self.seen[identity] = row.place
        if units.each:
            for unit in units.leads:
                supports = tuple(pk for pk in (*units.supports, *support.supports) if pk != unit)
                one = hashlib.sha256(f"{identity}|{self.world.units.names.codes[unit]}".encode()).hexdigest()[:48]
                self._row(row, kind, what, Meant((unit,), each=True, supports=supports), one)
            return
        supports = tuple(pk for pk in dict.fromkeys((*units.supports, *support.supports)) if pk not in units.leads)
        lead, rest = units.leads[:1], units.leads[1:]
        self._row(row, kind, what, Meant(lead, supports=(*rest, *supports)), identity)

    def _row(self, row: OfficeRow, kind: str, what: str, units: Meant, identity: str) -> None:
        lead = self.world.unit(units.leads[0]) if units.leads else None
        dated = self.dates.read(row.cells.get("deadline", ""), row.line("deadline"))
        planned = PlannedRow(
            row.place, ORDER if kind == PROBLEM else NEW_TASK, Text(what[:200]), lead.name if lead else Text(), dated.at,
            dated.words, identity=identity, supports=units.supports, pictures=row.before,
            said={
                "lead": lead.code if lead else "", "deadline": dated.said,
                "supports": sorted(self.world.units.names.codes[pk] for pk in units.supports),
            },
        )  # fmt: skip
        self.out.rows.append(planned)
        before = self.world.rows.get(identity)
        if before is not None:
            planned.joins = before.number
            names = _differences(before, planned.said)
            planned.state = DIFFERS if names else SAME
            planned.reasons += [_told(name, before) for name in names]
            return
        if row.after:
            planned.notes.append(
                Text("整改后照片没有导入：要由责任单位反馈", "photos of the fix were not taken: the unit reports them")
            )
        if not self._deadline(planned, kind, dated):
            return
        planned.person = self.world.person(row.line("person"), lead)
        planned.territory = self.world.territory(row.words("territory"))
        if kind == PROBLEM:
            self._order(row, what, planned, lead, alone=units.each)
        else:
            self._task(row, planned, lead, dated)

    def _deadline(self, planned: PlannedRow, kind: str, dated: days.Dated) -> bool:
        """Settle the deadline of a row; return whether it can go on."""
        written = dated.words or dated.said
        late = planned.deadline is not None and planned.deadline <= self.now
        if late or (planned.deadline is None and kind == TASK):
            self.out.past += 1
            if self.fallback is None:
                why = dated.why or Text("没有写完成时限", "no deadline is written")
                if late:
                    why = Text(f"时限“{written}”已过", f"the deadline {written} has passed")
                planned.state = SKIP
                planned.reasons.append(why)
                return False
            planned.notes.append(Text("按本页统一填写的时限办理", "gets the deadline given on this page"))
            planned.words, planned.deadline = written[:80], self.fallback
        elif planned.deadline is None:
            words = Text("没有写时限，按问题类别的时限", "no deadline is written: that of its class counts")
            if written:
                words = Text(
                    f"“{written}”算不出日期，按问题类别的时限",
                    f"no date follows from {written!r}: that of its class counts",
                )
            planned.notes.append(words)
        elif planned.deadline > self.now + FARTHEST:
            planned.state = SKIP
            planned.reasons.append(Text("时限太远，请核对年份", "the deadline lies too far ahead; check its year"))
            return False
        return True

    def _order(self, row: OfficeRow, what: str, planned: PlannedRow, lead: Unit | None, *, alone: bool) -> None:
        """Make the finding of a row; of a group each unit's stands `alone`: none joins that of another unit."""
        site, note = self.world.site(row.line("site_code"), row.line("site"), planned.territory)
        if note:
            planned.notes.append(note)
        stratum = site.type if site is not None else ""
        item = "" if alone else self.world.item(row.line("item"), what, stratum)
        where = site.name_zh if site is not None else row.line("site")
        seen, odd = self.dates.found(row.cells.get("found", ""), row.line("found"))
        if odd:
            planned.notes.append(odd)
        planned.title = Text(f"{where}：{what}"[:200]) if where else Text(what[:200])
        mine = lead.code if alone and lead is not None else ""
        extra = [f"地点：{row.line('site')}"] if site is None and row.line("site") else []
        text = "\n".join([row.words(PROBLEM), *extra, *self._lines(row, planned)])
        planned.finding = Finding(
            item=item, outcome="fail", seen_at=min(seen or self.now, self.now), stratum=stratum,
            cluster=site.code if site is not None else "", text=text, unit=lead.code if lead else "",
            why="按导入的台账" if lead else "", deadline=planned.deadline, title=planned.title if not item else Text(),
            same=_digest("order", site.code if site is not None else where, what, mine) if where else "",
            deadline_text=planned.words, person=planned.person, territory=planned.territory,
        )  # fmt: skip
        self._guard(planned, text, planned.title.zh)

    def _task(self, row: OfficeRow, planned: PlannedRow, lead: Unit | None, dated: days.Dated) -> None:
        if lead is None or planned.deadline is None:
            planned.state = SKIP
            planned.reasons.append(Text("没有牵头单位", "no lead unit is written"))
            return
        when = When(planned.deadline, planned.words)
        if planned.deadline == dated.at:
            when = When(planned.deadline, planned.words, dated.cadence, dated.limit)
        helpers = tuple(unit for pk in planned.supports if (unit := self.world.unit(pk)) is not None)
        planned.draft = TaskDraft(
            planned.title, lead, when, check="", node="", supports=helpers, origin=("file", "", ""),
            text="\n".join([row.words(TASK), *self._lines(row, planned)]), deliverable=row.line("deliverable")[:300],
            person=planned.person,
        )  # fmt: skip
        self._guard(planned, planned.draft.text, planned.draft.deliverable)

    def _guard(self, planned: PlannedRow, *texts: str) -> None:
        """Leave out a row whose words break a guard rail; by hand, with a reason, it may still be issued."""
        hits = [hit for text in texts for hit in broken(self.rails, text)]
        if hits:
            rule = hits[0].rule
            planned.state, planned.finding, planned.draft = SKIP, None, None
            planned.reasons.append(
                Text(
                    f"违反底线规则“{rule.title.zh}”：{rule.words.zh}",
                    f"breaks the guard rail “{rule.title.en}”: {rule.words.en}",
                )
            )

    def _lines(self, row: OfficeRow, planned: PlannedRow) -> list[str]:
        return [
            f"{label}：{said}"
            for name, label in _LABELS
            if (said := row.words(name)) and not (name == "person" and planned.person is not None)
        ]

    def join(self) -> None:
        """Find, for all orders at once, what is open already and who would answer."""
        orders = [one for one in self.out.rows if one.finding is not None and one.state == ORDER]
        findings = [one.finding for one in orders if one.finding is not None]
        if not findings:
            return
        desk = self.world.desk(findings, self.now)
        keys = keys_of(desk, findings)
        held = self.world.open_numbers(keys)
        fresh: dict[str, Place] = {}
        for one, key, who in zip(orders, keys, proposed(desk.year, findings, at=self.now, desk=desk), strict=True):
            if not one.lead:
                one.lead = who.unit.name if who.unit is not None else Text()
                if who.unit is None:
                    one.notes.append(
                        Text("没有责任单位，由创城办接收待派", "no unit is named; the campaign office holds it")
                    )
            if key is None:
                continue
            if key in held:
                one.state, one.joins = JOIN, held[key]
            elif key in fresh:
                one.state = JOIN
                place = fresh[key].words()
                one.notes.append(Text(f"与{place.zh}为同一问题", f"the same problem as {place.en}"))
            else:
                fresh[key] = one.place

    # --- rows that do nothing ---

    def _skip(self, row: OfficeRow, why: Text, *, title: Text = Text()) -> None:
        self.out.rows.append(PlannedRow(row.place, SKIP, title, reasons=[why]))

    def _known_number(self, row: OfficeRow, number: str, title: Text) -> None:
        """Look at a row that Qipan itself wrote: its number says which item it is."""
        item = self.world.numbers.get(number)
        planned = PlannedRow(row.place, SAME, item.title if item else title, joins=number)
        self.out.rows.append(planned)
        if item is None:
            planned.state = SKIP
            planned.reasons.append(Text(f"本县没有编号为{number}的事项", f"the county has no item {number}"))
            return
        said: dict[str, object] = {}
        units = cell_units(row.words("lead"), self.world.units)
        if len(units.leads) == 1:
            said["lead"] = self.world.units.names.codes[units.leads[0]]
        dated = self.dates.read(row.cells.get("deadline", ""), row.line("deadline"))
        if dated.at is not None and not dated.words:
            said["deadline"] = dated.said
        names = _differences(item, said)
        if names:
            planned.state = DIFFERS
            planned.reasons += [_told(name, item) for name in names]

    def _is_over(self, row: OfficeRow) -> Text:
        said = row.line("done")
        if plain(said) in {plain(one) for one in CLOSED_WORDS} and said:
            return Text(
                f"表中已写“{said}”；在 Qipan 里销号要有人复查，不从表中导入",
                f"the table says {said!r}; here nothing is closed without a re-check, so it is not taken over",
            )
        return Text()

    def _identity(self, row: OfficeRow, kind: str, what: str) -> str:
        if kind == PROBLEM:
            seen, _ = self.dates.found(row.cells.get("found", ""), row.line("found"))
            day = day_of(seen).isoformat() if seen else row.line("found")
            return _digest("order", row.line("site_code") or row.line("site"), what, day)
        return _digest("task", row.line("section"), what, row.line("wanted"))


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(plain(part) for part in parts).encode()).hexdigest()[:48]


def _differences(before: Known, said: Mapping[str, object]) -> list[str]:
    return [name for name, value in said.items() if before.said.get(name, value) != value]


_NAMES = {"lead": Text("牵头单位", "the lead unit"), "deadline": Text("时限", "the deadline"), "supports": Text("配合单位", "the supporting units")}  # fmt: skip


def _told(name: str, before: Known) -> Text:
    words = _NAMES[name]
    return Text(
        f"{words.zh}与{before.number}不同；导入不改已有事项，请在该事项上改派或调整时限",
        f"{words.en} differs from {before.number}; an import changes nothing that is there: reassign it or move its deadline there",
    )  # fmt: skip
