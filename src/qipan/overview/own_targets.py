"""Where units stand against the targets that they have set themselves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from qipan.assessment.rulebook import Line
from qipan.assessment.rules.points import Linear
from qipan.overview.board import Sums
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
    """Return every check of which something falls to a unit, those with a target of its own first (one statement)."""
    own = {row.check: row for row in own_targets(year, unit=unit)}
    sums = _sums(now, unit)
    found = [
        _line(now, line, own.get(line.key), sums.get(line.key))
        for line in now.book.lines.values()
        if not line.counter and (line.key in sums or line.key in own)
    ]
    return sorted(found, key=lambda each: each.own is None)


def targets_at(year: CampaignYear, now: Standing, checks: list[str]) -> dict[str, list[TargetLine]]:
    """Return the targets that units have set themselves at some checks (one statement)."""
    found: dict[str, list[TargetLine]] = {}
    for row in own_targets(year):
        if row.check in checks:
            sums = _sums(now, row.unit).get(row.check)
            found.setdefault(row.check, []).append(_line(now, now.book.lines[row.check], row, sums))
    return found


def _sums(now: Standing, unit: int) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for part in now.of_unit(unit):
        if part.check:
            found.setdefault(part.check, Sums()).add(part.possible, part.earned, part.lost, part.unassessed)
    return found


def _line(now: Standing, line: Line, own: TargetRow | None, sums: Sums | None) -> TargetLine:
    """Return where a unit stands: by the points of its own part where they are in proportion, else by the whole check."""
    score = now.card.checks[line.key]
    stands = Fraction(*score.share) if score.share[1] else None
    points = line.check.points
    if sums is not None and isinstance(points, Linear) and points.plain:
        stands = Fraction(sums.earned, sums.earned + sums.lost) if sums.earned + sums.lost else None
    return TargetLine(line, demanded(line), own, stands)
