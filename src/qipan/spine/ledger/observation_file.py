"""Observations in a file: the columns of `docs/observations.md`, each row checked before it is counted.

No database is needed here: `qipan score` and the import of a file read rows through the same checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeAlias

from qipan.assessment.batch import LOCAL, Gathering, ObservationError, instant
from qipan.assessment.reading import WITHDRAWN, Entry, observed_of, order_of
from qipan.assessment.rulebook import Rulebook
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.ground.documents.headings import match
from qipan.ground.documents.problems import FileError, FileProblem, Place
from qipan.ground.documents.tables import Table, read_table
from qipan.spine.ledger.placing import place

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "编号", "记录编号"),
    "item": ("item", "检查项", "检查项编号"),
    "stratum": ("stratum", "类型", "点位类型"),
    "cluster": ("cluster", "点位", "点位编号"),
    "subject": ("subject", "对象", "受访者"),
    "round": ("round", "轮次"),
    "selection": ("selection", "抽取方式"),
    "outcome": ("outcome", "结果"),
    "weight": ("weight", "权重"),
    "observed_at": ("observed_at", "观测时间", "检查时间"),
    "recorded_at": ("recorded_at", "记录时间"),
    "by_person": ("by_person", "记录人"),
    "by_post": ("by_post", "记录岗位"),
    "by_unit": ("by_unit", "记录单位"),
    "own": ("own", "自查"),
    "source": ("source", "来源"),
    "supersedes": ("supersedes", "更正"),
}
REQUIRED = ("item", "outcome", "observed_at")
SELECTIONS: Mapping[str, str] = {
    "drawn": "drawn", "census": "census", "chosen": "chosen",
    "随机抽取": "drawn", "普查": "census", "指定检查": "chosen",
}  # fmt: skip
_YES = frozenset({"true", "1", "yes", "是"})
_NO = frozenset({"", "false", "0", "no", "否"})
NOTHING_WITHDRAWN = (
    Text("没有写明撤回哪条记录", "nothing says which record is withdrawn"),
    Text("在“更正”列填写被撤回记录的编号", "give the id of the record that is taken back"),
)
NEVER = 1 << 160
"""Later than every order."""
NOWHERE = ("", UNSTRATIFIED)
CLOSER = ("weight", "id", "supersedes", "own", "recorded_at")
"""Columns that need a closer look at every row of a file that has them."""
PLAIN = ("item", "outcome", "observed_at", "stratum", "cluster", "subject", "round", "selection", "source")
MOST_PROBLEMS = 200
"""A file with more is read no further: what is wrong with it is systematic."""


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """A row of a file, its cells read; `observed` and `recorded` in microseconds since 1970 (0 = not given)."""

    line: int
    id: str
    item: str
    stratum: str
    cluster: str
    subject: str
    round: str
    selection: str
    outcome: str
    weight: int
    observed: int
    recorded: int
    by_person: str
    by_post: str
    by_unit: str
    own: bool
    source: str
    supersedes: str


class ObservationReader:
    """Reads the cells of rows, remembering what it has read before: dates, outcomes and places recur."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self.columns = columns
        self._moments: dict[str, int] = {}

    def row(self, line: int, cells: list[str]) -> ObservationRow:
        """Read one row.

        Raises:
            ObservationError: it names the column.
        """

        def cell(name: str) -> str:
            at = self.columns.get(name)
            return cells[at].strip() if at is not None else ""

        for name in REQUIRED:
            if not cell(name):
                raise ObservationError(name, Text("没有填写", "is empty"), Text("填写该列", "fill it in"))
        if cell("outcome") == WITHDRAWN and not cell("supersedes"):
            raise ObservationError("supersedes", *NOTHING_WITHDRAWN)
        selection = SELECTIONS.get(cell("selection") or "census")
        if selection is None:
            raise ObservationError(
                "selection",
                Text(f"没有抽取方式“{cell('selection')}”", f"there is no selection {cell('selection')!r}"),
                Text("可用：drawn、census、chosen", "use drawn, census or chosen"),
            )
        return ObservationRow(
            line=line,
            id=cell("id"),
            item=cell("item"),
            stratum=cell("stratum"),
            cluster=cell("cluster"),
            subject=cell("subject"),
            round=cell("round"),
            selection=selection,
            outcome=cell("outcome"),
            weight=self._weight(cell("weight")),
            observed=self.moment("observed_at", cell("observed_at")),
            recorded=self.moment("recorded_at", cell("recorded_at")) if cell("recorded_at") else 0,
            by_person=cell("by_person"),
            by_post=cell("by_post"),
            by_unit=cell("by_unit"),
            own=_yes(cell("own")),
            source=cell("source"),
            supersedes=cell("supersedes"),
        )

    def moment(self, column: str, text: str) -> int:
        """Read a date or a time, in microseconds since 1970; without a zone it is China Standard Time."""
        found = self._moments.get(text)
        if found is None:
            found = self._moments[text] = _moment(column, text)
        return found

    @staticmethod
    def _weight(text: str) -> int:
        if not text:
            return 1
        if not text.isdecimal() or not 0 < int(text) <= 1_000_000:
            raise ObservationError(
                "weight", Text(f"权重“{text}”不是正整数", f"weight {text!r} is not a positive whole number"),
                Text("填1或留空", "write 1 or leave it empty"),
            )  # fmt: skip
        return int(text)


def _yes(text: str) -> bool:
    low = text.lower()
    if low in _YES:
        return True
    if low in _NO:
        return False
    raise ObservationError(
        "own",
        Text(f"“{text}”不是是或否", f"{text!r} is neither yes nor no"),
        Text("填true或false", "write true or false"),
    )


def _moment(column: str, text: str) -> int:
    try:
        return instant(datetime.fromisoformat(text))
    except ValueError:
        raise ObservationError(
            column,
            Text(f"“{text}”不是日期", f"{text!r} is not a date"),
            Text("写成2026-04-13或2026-04-13T20:10:00+08:00", "write 2026-04-13 or 2026-04-13T20:10:00+08:00"),
        ) from None


def columns_of(table: Table) -> dict[str, int]:
    """Return the column of each known name, by Chinese or English headings.

    Raises:
        FileError: a required column is missing.
    """
    found = match(table.columns, COLUMNS)
    absent = [name for name in REQUIRED if name not in found]
    if absent:
        raise FileError.one(
            table.file,
            Text(f"缺少列{'、'.join(absent)}", f"columns are missing: {', '.join(absent)}"),
            Text(
                f"首行须有{'、'.join(COLUMNS[name][-1] for name in REQUIRED)}",
                f"the first line needs {', '.join(REQUIRED)}",
            ),
            Place(line=1),
        )
    return found


def problem_of(file: str, line: int, error: ObservationError) -> FileProblem:
    """Return a row's error with its line and column."""
    message = Text(f"{error.column}列：{error.message.zh}", f"column {error.column}: {error.message.en}")
    return FileProblem(file, Place(line=line), message, error.remedy)


def read_rows(table: Table) -> Iterator[ObservationRow | FileProblem]:
    """Yield each row read, or what is wrong with it."""
    reader = ObservationReader(columns_of(table))
    for line, cells in table.rows():
        try:
            yield reader.row(line, cells)
        except ObservationError as error:
            yield problem_of(table.file, line, error)


def gather(path: Path, book: Rulebook, *, until: date | None = None) -> Gathering:
    """Read a whole file of observations for scoring.

    Args:
        path: CSV, or Parquet with the extra.
        book: the rulebook.
        until: leave out what was observed after this day.

    Raises:
        FileError: with every problem found; nothing is counted then.
    """
    table = read_table(path)
    columns = columns_of(table)
    gathering = Gathering(book)
    last = instant(datetime.combine(until, time.max, LOCAL)) if until else None
    problems: list[FileProblem] = []

    def refuse(line: int, error: ObservationError) -> bool:
        problems.append(problem_of(table.file, line, error))
        return len(problems) >= MOST_PROBLEMS

    read = _gather_closely if any(name in columns for name in CLOSER) else _gather_plainly
    read(table.rows(), columns, gathering, last, refuse)
    if problems:
        raise FileError(problems)
    return gathering


Rows: TypeAlias = Iterable[tuple[int, list[str]]]
Refuse: TypeAlias = Callable[[int, ObservationError], bool]
"""Is told what is wrong with a line; returns whether that is enough."""


def _gather_closely(
    rows: Rows, columns: Mapping[str, int], gathering: Gathering, last: int | None, refuse: Refuse
) -> None:
    """Read rows of every kind, check them and add them; those observed after `last` are checked and left out."""
    reader = ObservationReader(columns)
    for line, cells in rows:
        try:
            row = reader.row(line, cells)
            place(gathering.book, row.item, row.stratum, row.cluster, row.outcome)
            if last is None or row.observed <= last:
                gathering.add_row(
                    row.item, row.stratum, row.cluster, row.subject, row.round, row.selection != "chosen",
                    row.outcome, row.weight, row.observed, row.recorded, row.source, row.own, row.id, row.supersedes,
                )  # fmt: skip
        except ObservationError as error:
            if refuse(line, error):
                return


def _gather_plainly(
    rows: Rows, columns: Mapping[str, int], gathering: Gathering, last: int | None, refuse: Refuse
) -> None:
    """Read rows without weights, ids, corrections, own looks and times of recording: most large files.

    Everything recurs in a million rows (an item with an outcome in a stratum, a place, a moment), so each is looked at
    once and then found by the cells as they stand. One loop with local names, since every part of it runs for every row.
    """
    seen = _Seen(columns, gathering)
    passed, seats, ways, moments, stripped, opened = (
        seen.passed, seen.seats, seen.ways, seen.moments, seen.stripped, seen.opened,
    )  # fmt: skip
    i_item, i_outcome, i_seen, i_stratum, i_cluster, i_subject, i_round, i_selection, i_source = seen.at
    short = -1 in seen.at
    end = order_of(last + 1, 0, 0) if last is not None else None
    number = gathering.count
    for line, cells in rows:
        if short:
            cells.append("")
        item, stratum = cells[i_item], cells[i_stratum]
        try:
            try:
                known, outcome = passed[item, stratum, cells[i_outcome]]
                add = seats[item, stratum, cells[i_cluster]]
                order, random = moments[cells[i_seen]], ways[cells[i_selection]]
                subject, name, source = stripped[cells[i_subject]], cells[i_round], stripped[cells[i_source]]
                first = opened[name]
            except KeyError:
                seen.look(cells)
                known, outcome = passed[item, stratum, cells[i_outcome]]
                add = seats[item, stratum, cells[i_cluster]]
                order, random = moments[cells[i_seen]], ways[cells[i_selection]]
                subject, name, source = stripped[cells[i_subject]], cells[i_round], stripped[cells[i_source]]
                first = opened[name]
        except ObservationError as error:
            if refuse(line, error):
                break
            continue
        if end is not None and order >= end:
            continue
        number += 1
        add((order + number, known, subject, stripped[name], random, outcome, 1, source, False))
        if order < first:
            opened[name] = order
            if name.strip():
                gathering.saw(name.strip(), observed_of(order))
    gathering.count = number


class _Seen:
    """What has been seen of a plain file, by its cells as they stand."""

    def __init__(self, columns: Mapping[str, int], gathering: Gathering) -> None:
        # A row gets an empty cell at its end for the columns that the file does not have.
        self.at = tuple(columns.get(name, -1) for name in PLAIN)
        self.passed: dict[tuple[str, str, str], tuple[str, str]] = {}
        """Item, stratum, outcome -> item, outcome."""
        self.seats: dict[tuple[str, str, str], Callable[[Entry], None]] = {}
        """Item, stratum, cluster -> what adds an entry there."""
        self.ways: dict[str, bool] = {}
        """Selection -> at random."""
        self.moments: dict[str, int] = {}
        """Observed_at -> the order of a row number 0."""
        self.opened: dict[str, int] = {}
        """Round -> the least order so far."""
        self.stripped: dict[str, str] = {}
        self._reader, self._gathering = ObservationReader(columns), gathering

    def look(self, cells: list[str]) -> None:
        """Check a row that holds something new.

        Raises:
            ObservationError: it names the column.
        """
        i_item, i_outcome, i_seen, i_stratum, i_cluster, i_subject, i_round, i_selection, i_source = self.at
        item, stratum, outcome = cells[i_item], cells[i_stratum], cells[i_outcome]
        cluster, how, seen = cells[i_cluster].strip(), cells[i_selection], cells[i_seen]
        if (
            (item, stratum, outcome) not in self.passed
            or how not in self.ways
            or cluster in NOWHERE
            or not seen.strip()
        ):
            row = self._reader.row(0, cells)
            place(self._gathering.book, row.item, row.stratum, row.cluster, row.outcome)
            self.passed[item, stratum, outcome] = row.item, row.outcome
            self.ways[how] = row.selection != "chosen"
        if seen not in self.moments:
            self.moments[seen] = order_of(self._reader.moment("observed_at", seen.strip()), 0, 0)
        if (item, stratum, cells[i_cluster]) not in self.seats:
            group = self._gathering.group(item.strip(), stratum.strip(), cluster)
            self.seats[item, stratum, cells[i_cluster]] = group.append
        for at in (i_subject, i_round, i_source):
            self.stripped[cells[at]] = cells[at].strip()
        self.opened.setdefault(cells[i_round], NEVER)
