"""Checks whose lead is to be chosen, with the units that could: who carries most already comes first."""

from __future__ import annotations

from dataclasses import dataclass

from qipan.assessment.text import Text
from qipan.overview.board import Sums, unit_rows
from qipan.overview.points import UnitName
from qipan.overview.responsibilities import OpenCheck, responsibilities
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.scorecards.queries import Standing

FEW = 4
"""Of so many units at most one is proposed; of more, such as all townships, somebody has to say which."""


@dataclass(frozen=True, slots=True)
class LeadCandidate:
    """A unit that could answer for a check, and the points that it answers for already."""

    unit: UnitName
    points: int


@dataclass(frozen=True, slots=True)
class LeadChoice:
    """A check whose lead is to be chosen. `proposed` is the code of the unit that is proposed, empty where none is."""

    open: OpenCheck
    code: str
    title: Text
    node: str
    candidates: tuple[LeadCandidate, ...]
    proposed: str


@dataclass(frozen=True, slots=True)
class LeadChoices:
    """What is to be chosen, the most points first; what no unit could answer for yet is counted beside it."""

    choices: tuple[LeadChoice, ...]
    unowned: Sums
    possible: int
    without: int
    points_without: int


def lead_choices(year: CampaignYear, now: Standing) -> LeadChoices:
    """Return the checks that nobody answers for and that some unit could (two statements).

    Units are ordered by the points that they answer for already, then as the standard names them: the largest bearer
    of a matter is the one that offices usually mean. A proposal is nothing until somebody takes it.
    """
    found = responsibilities(year, now)
    rows = unit_rows(now)
    borne = {whose: row.total.possible for whose, row in rows.items() if isinstance(whose, int)}
    choices, without, points = [], 0, 0
    for row in found.open:
        units = [pk for pk in row.answer.candidates if pk in found.units]
        if not units:
            without += 1
            points += row.sums.possible
            continue
        units.sort(key=lambda pk: -borne.get(pk, 0))
        candidates = tuple(LeadCandidate(found.units[pk], borne.get(pk, 0)) for pk in units)
        node = now.book.nodes[row.line.node]
        title = row.line.check.title or node.title
        proposed = candidates[0].unit.code if len(candidates) <= FEW else ""
        choices.append(LeadChoice(row, node.code, title, node.key, candidates, proposed))
    choices.sort(key=lambda one: (-one.open.sums.possible, one.open.line.key))
    whole = sum(row.total.possible for row in rows.values())
    return LeadChoices(tuple(choices), found.unowned, whole, without, points)
