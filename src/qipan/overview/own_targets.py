"""Where units stand against the targets that they have set themselves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from qipan.assessment.rulebook import Line
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.campaigns.own_targets import TargetRow, demanded, own_targets
from qipan.spine.scorecards.queries import Standing


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A check with what the standard asks, a unit's own target (None where it has none), and the rate as it stands."""

    line: Line
    asked: Fraction | None
    own: TargetRow | None
    stands: Fraction | None

    @property
    def met(self) -> bool | None:
        """Whether the own target is met; None where nobody has looked yet, or there is none."""
        return None if self.own is None or self.stands is None else self.stands >= self.own.rate


def targets_of(year: CampaignYear, now: Standing, unit: int) -> list[TargetLine]:
    """Return every check that a unit answers for, those with a target of its own first (one statement)."""
    own = {row.check: row for row in own_targets(year, unit=unit)}
    found = [
        _line(now, line, own.get(line.key))
        for line in now.book.lines.values()
        if not line.counter and (now.duties.lead(line).unit == unit or line.key in own)
    ]
    return sorted(found, key=lambda each: each.own is None)


def targets_at(year: CampaignYear, now: Standing, checks: list[str]) -> dict[str, list[TargetLine]]:
    """Return the targets that units have set themselves at some checks (one statement)."""
    found: dict[str, list[TargetLine]] = {}
    for row in own_targets(year):
        if row.check in checks:
            found.setdefault(row.check, []).append(_line(now, now.book.lines[row.check], row))
    return found


def _line(now: Standing, line: Line, own: TargetRow | None) -> TargetLine:
    score = now.card.checks[line.key]
    return TargetLine(line, demanded(line), own, Fraction(*score.share) if score.share[1] else None)
