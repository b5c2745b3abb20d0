"""Who answers for what: the functions that the standards name, the units that carry them, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass, field

from qipan.assessment.rulebook import Line
from qipan.assessment.text import Text
from qipan.overview.board import Sums
from qipan.overview.points import UnitName, unit_names
from qipan.spine.campaigns.duties import Answer, Why
from qipan.spine.campaigns.models import AnsweringLead, CampaignYear
from qipan.spine.scorecards.queries import Standing


@dataclass(slots=True)
class FunctionRow:
    """A function: who carries it, and how many checks name it as lead and in support.

    `known` is false where a standard uses a word that no pack of functions knows.
    """

    code: str
    title: Text
    known: bool
    group: bool
    units: tuple[int, ...]
    leads: list[str] = field(default_factory=list)
    supports: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OpenCheck:
    """A check without an answering lead, or with a chosen one; `sums` are the points that are unowned for it.

    `possible` are all its points: at its sites others may answer.
    """

    line: Line
    answer: Answer
    leads: tuple[Text, ...]
    sums: Sums
    possible: int
    chosen_by: str = ""


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """Everything on the page. `unowned` is the sum of the open checks and of nodes that carry points and have no check on file."""

    standing: Standing
    functions: tuple[FunctionRow, ...]
    open: tuple[OpenCheck, ...]
    chosen: tuple[OpenCheck, ...]
    absent: tuple[tuple[str, Text, Sums], ...]
    unowned: Sums
    units: dict[int, UnitName]


def responsibilities(year: CampaignYear, now: Standing) -> Responsibilities:
    """Return who answers for what in a campaign year (two statements)."""
    units = unit_names(year.campaign.county_id)
    sums: dict[str, Sums] = {}
    absent: dict[str, Sums] = {}
    whole = Sums()
    for part in now.parts:
        if part.answer.unit is None:
            found = (sums if part.check else absent).setdefault(part.check or part.node, Sums())
            for one in (found, whole):
                one.add(part.possible, part.earned, part.lost, part.unassessed)
    by = dict(AnsweringLead.objects.filter(campaign_year=year).values_list("check_key", "chosen_by"))
    open_checks, chosen = [], []
    for line in now.book.lines.values():
        if line.counter:
            continue
        answer = now.duties.lead(line)
        score = now.card.checks[line.key]
        leads = tuple(_title(now, code) for code in now.duties.codes(line.check.lead))
        row = OpenCheck(line, answer, leads, sums.get(line.key, Sums()), score.possible, by.get(line.key, ""))
        if answer.unit is None:
            open_checks.append(row)
        elif answer.why == "chosen":
            chosen.append(row)
    order: dict[Why, int] = {"conflict": 0, "no_lead": 1, "unmapped": 2}
    open_checks.sort(key=lambda row: (order.get(row.answer.why, 9), -row.sums.possible, row.line.key))
    return Responsibilities(
        standing=now,
        functions=tuple(_functions(now)),
        open=tuple(open_checks),
        chosen=tuple(chosen),
        absent=tuple((key, now.book.nodes[key].title, found) for key, found in absent.items()),
        unowned=whole,
        units=units,
    )


def _title(now: Standing, code: str) -> Text:
    known = now.duties.functions.get(code)
    return known.title if known else Text(code, code)


def _functions(now: Standing) -> list[FunctionRow]:
    """Return every function that a standard names or a unit carries, those that nobody carries first."""
    rows: dict[str, FunctionRow] = {}

    def row(code: str) -> FunctionRow:
        found = rows.get(code)
        if found is None:
            known = now.duties.functions.get(code)
            carriers = now.duties.carried.get(code, ())
            found = rows[code] = FunctionRow(
                code, _title(now, code), known is not None, known is not None and known.group, carriers
            )
        return found

    for line in now.book.lines.values():
        if line.counter:
            continue
        for code in now.duties.codes(line.check.lead):
            row(code).leads.append(line.key)
        for code in now.duties.codes(line.check.support):
            row(code).supports.append(line.key)
    for code in now.duties.carried:
        row(code)
    return sorted(rows.values(), key=lambda one: (bool(one.units), -len(one.leads), -len(one.supports), one.code))
