"""Reading and checking a file of observations before any of it is recorded: every row becomes a fact or a refusal."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from qipan.assessment.batch import LOCAL, ObservationError
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.documents import headings
from qipan.ground.documents.archive import column_letter
from qipan.ground.documents.problems import FileError, Place
from qipan.ground.documents.tables import read_table
from qipan.ground.documents.workbook import read_workbook, shown
from qipan.spine.campaigns.books import rulebook
from qipan.spine.ledger.actions import Fact, Places, years_on
from qipan.spine.ledger.models import Observation
from qipan.spine.ledger.observation_file import COLUMNS, ObservationReader, ObservationRow, columns_of
from qipan.spine.ledger.registers import Near, Registers

MOST_ROWS = 100_000
MOST_SHOWN = 500
"""Refusals beyond this number are counted and not listed: so many have one cause."""

OUTCOME_WORDS: Mapping[str, str] = {
    "符合": "pass", "合格": "pass", "达标": "pass", "通过": "pass", "√": "pass", "✓": "pass",
    "不符合": "fail", "不合格": "fail", "不达标": "fail", "未通过": "fail", "×": "fail", "✗": "fail",
    "不适用": "na", "未查看": "not_seen", "拒绝": "refused", "拒访": "refused", "遗失": "lost", "异议": "disputed",
    "撤回": "withdrawn",
}  # fmt: skip
"""Words of Chinese forms for outcomes, tried where an item does not read the cell as it stands."""

_NAMES = uuid.UUID("6f6c2f0e-8f0f-5b1a-9d59-3f3a5d0c7a11")
_DAY = re.compile(r"(\d{4})[./年-](\d{1,2})[./月-](\d{1,2})日?(?:[T\s]+(.+))?")
_SLACK = timedelta(minutes=10)
"""Clocks of offices run a little ahead."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing wrong with a row: where it stands, what is wrong, what would be right."""

    place: Place
    column: str
    message: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, whichever kind it is: which column holds what, and how many rows to expect."""

    columns: Mapping[str, int]
    rows: Iterable[tuple[int, list[str]]]
    expected: int
    unknown: tuple[str, ...]
    name: str = ""

    def place(self, line: int, column: str = "") -> Place:
        """Return where a row, or a cell of it, stands."""
        if not self.name:
            return Place(line=line)
        return Place(line=line, sheet=self.name, cell=f"{column_letter(self.columns.get(column, 0))}{line}")


def open_sheet(path: Path, kind: str) -> Sheet:
    """Open a file of observations.

    Raises:
        FileError: it cannot be read, or has no heading with the columns that are needed.
    """
    if kind == "xlsx":
        return _open_workbook(path)
    table = read_table(path)
    columns = columns_of(table)
    known = set(columns.values())
    unknown = tuple(name for index, name in enumerate(table.columns) if index not in known)
    return Sheet(columns, table.rows(), _lines(path) if kind == "csv" else 0, unknown)


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return max(sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1, 0)


def _open_workbook(path: Path) -> Sheet:
    best: tuple[int, Sheet] | None = None
    for sheet in read_workbook(path):
        found = headings.find(sheet.rows, COLUMNS, least=2)
        if found is None:
            continue
        at, columns = found
        known = set(columns.values())
        heading = sheet.rows[at]
        unknown = tuple(str(cell) for index, cell in enumerate(heading) if index not in known and str(cell).strip())
        rows = [(number, [shown(cell) for cell in cells]) for number, cells in enumerate(sheet.rows[at + 1 :], at + 2)]
        if best is None or len(columns) > best[0]:
            best = len(columns), Sheet(columns, rows, len(rows), unknown, sheet.name)
    needed = ("item", "outcome", "observed_at")
    if best is None or any(name not in best[1].columns for name in needed):
        absent = [name for name in needed if best is None or name not in best[1].columns]
        raise FileError.one(
            path,
            Text(
                f"前8行里没有找到表头，缺少列：{'、'.join(COLUMNS[name][-1] for name in absent)}",
                f"the first 8 rows hold no heading with {', '.join(absent)}",
            ),
            Text("用本页的模板，或按模板写表头", "use the template of this page, or its headings"),
        )
    return best[1]


@dataclass(slots=True)
class Intake:
    """What reading and checking a file came to."""

    facts: list[Fact] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refused: int = 0
    refused_by: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    blank: int = 0
    known: int = 0
    repeated: int = 0
    unknown_columns: tuple[str, ...] = ()
    place: Callable[[int, str], Place] = lambda line, column: Place(line=line)
    corrected: dict[uuid.UUID, str] = field(default_factory=dict)
    """The outcome of each record on file that this file corrects."""

    def refuse(self, place: Place, column: str, message: Text, remedy: Text = Text()) -> None:
        """Note a refusal."""
        self.refused += 1
        self.refused_by[column] += 1
        if len(self.refusals) < MOST_SHOWN:
            self.refusals.append(Refusal(place, column, message, remedy))


Report = Callable[[int, int], None]


def take_in(path: Path, kind: str, county_id: int, year: int, now: datetime, report: Report) -> Intake:
    """Read and check a file.

    Args:
        path: where it is kept.
        kind: csv, xlsx or parquet.
        county_id: whose ledger it is for.
        year: the year that its rows count for.
        now: nothing was seen later than this.
        report: is told how many rows are done, of how many.

    Raises:
        FileError: the file cannot be read at all.
    """
    sheet = open_sheet(path, kind)
    reading = _Checking(sheet, Registers.of(county_id, year), county_id, year, now)
    for line, cells in sheet.rows:
        if reading.intake.rows >= MOST_ROWS:
            raise FileError.one(
                path,
                Text(f"超过{MOST_ROWS}行", f"more than {MOST_ROWS} rows"),
                Text("拆成几个文件", "split it into several files"),
            )
        reading.row(line, cells)
        report(reading.intake.rows, sheet.expected)
    reading.compare()
    return reading.intake


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record on file, as far as a row can be the same."""

    county_id: int
    item: str
    stratum: str
    cluster: str
    outcome: str
    observed_at: datetime
    supersedes: uuid.UUID | None


class _Checking:
    """Checks row by row against the standard, the register and the rounds; then all rows against the ledger."""

    def __init__(self, sheet: Sheet, registers: Registers, county_id: int, year: int, now: datetime) -> None:
        self.sheet = sheet
        self.registers = registers
        self.county_id, self.year, self.now = county_id, year, now
        self.intake = Intake(unknown_columns=sheet.unknown, place=sheet.place)
        self.reader = ObservationReader(sheet.columns)
        books = [rulebook(one) for one in years_on(county_id, year)]
        self.places = Places(books)
        self.surveys = {
            (item, stratum) for book in books for line in book.lines.values() if line.survey
            for stratum, items in line.strata.items() for item in items
        }  # fmt: skip
        self.strata = {stratum for book in books for stratum in book.catalogue.types}
        self.near = Near({item for book in books for item in book.by_item}, 0.7)
        self.seen: dict[uuid.UUID, int] = {}
        self.named: set[uuid.UUID] = set()
        self._selection = sheet.columns.get("selection")
        self._days = [sheet.columns[name] for name in ("observed_at", "recorded_at") if name in sheet.columns]
        self._needed = [sheet.columns[name] for name in ("outcome", "observed_at")]

    def row(self, line: int, cells: list[str]) -> None:
        """Check one row."""
        if not any(cells[at].strip() for at in self._needed if at < len(cells)):
            # Blank rows, rows prepared and not filled in, and what stands under a table: sums, notes, signatures.
            self.intake.blank += any(cell.strip() for cell in cells)
            return
        self.intake.rows += 1
        cells = cells + [""] * (max(self.sheet.columns.values()) + 1 - len(cells))
        for at in self._days:
            cells[at] = _plain_day(cells[at])
        before = self.intake.refused
        try:
            row = self.reader.row(line, cells)
            fact = self._fact(row, given=bool(self._selection is not None and cells[self._selection].strip()))
        except ObservationError as error:
            self._refuse(line, error)
            return
        if self.intake.refused > before:
            return
        if fact.uid in self.seen:
            if fact.uid in self.named:
                self._refuse(
                    line,
                    ObservationError(
                        "id",
                        Text(f"编号与第{self.seen[fact.uid]}行相同", f"line {self.seen[fact.uid]} has the same id"),
                        Text("每条记录用自己的编号，或留空", "give each row an id of its own, or none"),
                    ),
                )
            else:
                self.intake.repeated += 1
            return
        self.seen[fact.uid] = line
        if row.id:
            self.named.add(fact.uid)
        self.intake.facts.append(fact)
        self.intake.lines.append(line)

    def _refuse(self, line: int, error: ObservationError) -> None:
        self.intake.refuse(self.sheet.place(line, error.column), error.column, error.message, error.remedy)

    def _fact(self, row: ObservationRow, *, given: bool) -> Fact:
        """Return the fact of a row; what is wrong with it beyond the first thing is noted as well.

        Args:
            row: as it was read.
            given: the row itself says how the place came to be looked at.

        Raises:
            ObservationError: the row cannot be placed.
        """
        problems: list[ObservationError] = []
        observed = self._moment("observed_at", row.observed, problems)
        recorded = self._moment("recorded_at", row.recorded, problems) if row.recorded else None
        if recorded is not None and recorded < observed:
            problems.append(_before())
        uid = _uuid("id", row.id, problems) if row.id else None
        supersedes = _uuid("supersedes", row.supersedes, problems) if row.supersedes else None
        cluster = "" if row.cluster == UNSTRATIFIED else row.cluster
        stratum = "" if row.stratum == UNSTRATIFIED else row.stratum
        round_id, outcome = None, row.outcome
        try:
            outcome = self._outcome(row.item, stratum, cluster, row.outcome)
            stratum, cluster = self._placed(row.item, stratum, cluster, outcome)
        except ObservationError as error:
            # A correction takes its place from what it corrects.
            if supersedes is None or error.column not in {"cluster", "stratum"}:
                problems.append(error)
        else:
            if cluster != UNSTRATIFIED and supersedes is None:
                problems += self.registers.site_problems(
                    stratum, cluster, observed.astimezone(LOCAL).date(), is_type=stratum in self.strata
                )
            if (row.item, stratum) in self.surveys and not row.subject and supersedes is None:
                problems.append(_no_subject())
        if row.round:
            round_id = self.registers.round_id(row.round)
            problems += self.registers.round_problems(row.round, stratum, cluster, row.selection if given else "")
        if problems:
            for problem in problems[:-1]:
                self._refuse(row.line, problem)
            raise problems[-1]
        selection = row.selection
        if round_id is not None and not given:
            selection = self.registers.rounds[row.round].selection
        content = (
            self.county_id, self.year, row.item, stratum, cluster, row.subject, row.round, selection, outcome,
            row.weight, row.observed, row.recorded, row.source, row.own, row.supersedes,
        )  # fmt: skip
        return Fact(
            item=row.item, outcome=outcome, observed_at=observed, stratum=stratum, cluster=cluster,
            subject=row.subject, round=round_id, selection=selection, weight=row.weight, own=row.own,
            source=row.source, supersedes=supersedes,
            # The same row handed in again gets the same name, and is known.
            uid=uid or uuid.uuid5(_NAMES, "\x1f".join(map(str, content))),
            by_person=row.by_person, by_post=row.by_post, by_unit=row.by_unit, recorded_at=recorded,
        )  # fmt: skip

    def _outcome(self, item: str, stratum: str, cluster: str, outcome: str) -> str:
        """Return the outcome that a cell means: as it stands where the item reads it, else the word of a form."""
        word = OUTCOME_WORDS.get(outcome)
        if word is not None:
            try:
                self.places.place(item, stratum, cluster, outcome)
            except ObservationError as error:
                return word if error.column == "outcome" else outcome
        return outcome

    def _placed(self, item: str, stratum: str, cluster: str, outcome: str) -> tuple[str, str]:
        try:
            return self.places.place(item, stratum, cluster, outcome)
        except ObservationError as error:
            if error.column != "item":
                raise
            raise ObservationError("item", error.message, self.near(item, error.remedy)) from None

    def _moment(self, column: str, micro: int, problems: list[ObservationError]) -> datetime:
        moment = datetime.fromtimestamp(micro // 1_000_000, UTC) + timedelta(microseconds=micro % 1_000_000)
        day = moment.astimezone(LOCAL)
        if moment > self.now + _SLACK:
            problems.append(
                ObservationError(
                    column,
                    Text(f"{day:%Y-%m-%d %H:%M}还没有到", f"{day:%Y-%m-%d %H:%M} is still to come"),
                    Text("核对日期", "check the date"),
                )
            )
        elif column == "observed_at" and day.year != self.year:
            problems.append(
                ObservationError(
                    column,
                    Text(f"{day:%Y-%m-%d}不在{self.year}年度内", f"{day:%Y-%m-%d} is not in {self.year}"),
                    Text(
                        f"只写{self.year}年的记录；其他年度请先切换年度再导入",
                        f"hand in records of {self.year} only; choose the other year first for the rest",
                    ),
                )
            )
        return moment

    def compare(self) -> None:
        """Compare the facts with the ledger: what is known already, and what the corrections correct."""
        facts = self.intake.facts
        known = dict(_stored([fact.uid for fact in facts]))
        kept: list[tuple[int, Fact]] = []
        for line, fact in zip(self.intake.lines, facts, strict=True):
            stored = known.get(fact.uid)
            if stored is None:
                kept.append((line, fact))
            elif self._same(stored, fact):
                self.intake.known += 1
            else:
                self._refuse(line, _other_content(stored))
        named = [fact.supersedes for _, fact in kept if fact.supersedes is not None]
        self.intake.corrected = {uid: stored.outcome for uid, stored in _stored(named)}
        here = {fact.uid: fact.outcome for _, fact in kept}
        self.intake.corrected |= {uid: here[uid] for uid in named if uid in here}
        # A correction follows what it corrects, also where the file has them the other way round.
        order = {fact.uid: at for at, (_, fact) in enumerate(kept)}
        if any(order.get(fact.supersedes, -1) > at for at, (_, fact) in enumerate(kept) if fact.supersedes):
            kept.sort(key=lambda pair: pair[1].supersedes is not None)
        self.intake.facts = [fact for _, fact in kept]
        self.intake.lines = [line for line, _ in kept]

    def _same(self, stored: _Stored, fact: Fact) -> bool:
        return (
            stored.county_id == self.county_id
            and (stored.item, stored.outcome) == (fact.item, fact.outcome)
            and (stored.observed_at == fact.observed_at or stored.supersedes is not None)
            and (fact.supersedes is not None or (stored.stratum, stored.cluster) == (fact.stratum, fact.cluster))
        )


def _stored(uids: Sequence[uuid.UUID]) -> Iterator[tuple[uuid.UUID, _Stored]]:
    columns = ("uid", "county_id", "item", "stratum", "cluster", "outcome", "observed_at", "supersedes")
    for start in range(0, len(uids), 5000):
        for uid, *rest in Observation.objects.filter(uid__in=uids[start : start + 5000]).values_list(*columns):
            yield uid, _Stored(*rest)


def _plain_day(text: str) -> str:
    """Return a date as ISO has it, from 2026/4/13, 2026.4.13 and 2026年4月13日, with a time or without one."""
    text = text.strip()
    found = _DAY.fullmatch(text)
    if found:
        day = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
        clock = (found[4] or "").strip()
        return f"{day}T{clock.zfill(5) if re.fullmatch(r'[0-9]:[0-9]{2}', clock) else clock}" if clock else day
    if re.fullmatch(r"20[0-9]{6}", text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if re.fullmatch(r"4[0-9]{4}", text):
        # A workbook whose date cells lost their format holds days since 1899-12-30.
        return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
    return text


def _uuid(column: str, text: str, problems: list[ObservationError]) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        problems.append(
            ObservationError(
                column,
                Text(f"“{text}”不是UUID", f"{text!r} is no UUID"),
                Text(
                    "留空，或写0a000000-0000-4000-8000-000000000001这样的编号",
                    "leave it empty, or write an id such as 0a000000-0000-4000-8000-000000000001",
                ),
            )
        )
        return None


def _before() -> ObservationError:
    return ObservationError(
        "recorded_at",
        Text("记录时间早于观测时间", "it was recorded before it was seen"),
        Text("核对两个时间，或留空记录时间", "check the two times, or leave this one empty"),
    )


def _no_subject() -> ObservationError:
    return ObservationError(
        "subject",
        Text("问卷没有写受访者序号，答卷会互相覆盖", "no respondent: answers would replace one another"),
        Text("每份答卷写一个序号（不写姓名）", "number the answered forms (no names)"),
    )


def _other_content(stored: _Stored) -> ObservationError:
    return ObservationError(
        "id",
        Text(
            f"这个编号已记录为“{stored.item}”“{stored.cluster}”“{stored.outcome}”，内容与本行不同",
            f"this id is on record as {stored.item} at {stored.cluster}: {stored.outcome}, and the row says otherwise",
        ),
        Text(
            "记录不能改写；要更正，请另起一行，并在“更正”列写这个编号",
            "records are not rewritten; to correct it, write a row of its own with this id under `supersedes`",
        ),
    )
