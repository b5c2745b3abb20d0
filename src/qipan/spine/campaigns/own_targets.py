"""A unit sets itself a higher rate than the standard asks (自定目标), at a check that it answers for; never a lower one.

It is shown beside what the standard asks and moves no score: nobody stands worse for having aimed higher.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.rulebook import Line
from qipan.assessment.rules import plain
from qipan.assessment.rules.points import Banded, Linear
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import Rule
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.duties import duties
from qipan.spine.campaigns.models import CampaignYear, OwnTarget

SET_TARGETS = Rule(frozenset({Role.HEAD, Role.LIAISON}))
"""Who sets a target of their own unit."""


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target: the check, the unit, and the rate as a fraction of one."""

    pk: int
    check: str
    unit: int
    rate: Fraction
    version: int


def demanded(line: Line) -> Fraction | None:
    """Return the rate at which the standard gives a check its full points; None where it names none below the whole."""
    points = line.check.points
    if isinstance(points, Linear):
        return points.end if points.end < 1 else None
    if isinstance(points, Banded) and points.bands.trend == "rising":
        best = max(points.bands.bands, key=lambda band: band.value)
        return best.bound if best.bound < 1 else None
    return None


def own_targets(year: CampaignYear, *, check: str = "", unit: int | None = None) -> list[TargetRow]:
    """Return the targets of a year, of one check or one unit where that is asked (one statement)."""
    rows = OwnTarget.objects.filter(campaign_year=year)
    rows = rows.filter(check_key=check) if check else rows
    rows = rows.filter(unit_id=unit) if unit is not None else rows
    return [TargetRow(row.pk, row.check_key, row.unit_id, Fraction(row.per_cent) / 100, row.version) for row in rows]


def set_own_target(year: CampaignYear, check: str, written: str, *, version: int, by: Post) -> bool:
    """Set one's own target at a check, change it, or take it away (nothing written). Return whether anything changed.

    Args:
        year: the campaign year.
        check: a check that the unit of the post answers for.
        written: per cent, such as 95.
        version: of the target as it was read; 0 for a new one.
        by: a head or liaison of the unit.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: the unit does not answer for the check, it is no per cent, or not above what the standard asks;
            `Stale` where somebody of the unit was faster.
    """
    if not SET_TARGETS.allows(by, year.campaign.county):
        raise PermissionDenied
    line = rulebook(year).lines.get(check)
    if line is None or line.counter or not _answers(year, line, by.unit_id):
        raise RegisterError(Text("请选择本单位负责的测评点", "choose a check that your unit answers for"), "check")
    number = _number(line, written.strip()) if written.strip() else None
    with act(actor(by)) as done:
        kept = OwnTarget.objects.filter(campaign_year=year, check_key=check, unit_id=by.unit_id).first()
        if (kept.version if kept else 0) != version:
            raise stale(
                year.campaign.county.code, "own_target", kept.pk if kept else 0, version, kept.version if kept else 0
            )
        before = "" if kept is None else plain(Fraction(kept.per_cent))
        after = "" if number is None else plain(Fraction(number))
        if before == after:
            return False
        if number is None:
            OwnTarget.objects.filter(pk=kept.pk if kept else 0).delete()
        elif kept is not None:
            kept.per_cent, kept.version = number, version + 1
            kept.save()
        else:
            kept = OwnTarget.objects.create(campaign_year=year, check_key=check, unit_id=by.unit_id, per_cent=number)
        details = {"year": year.year, "version": version + 1, "changes": {"per_cent": [before, after]}}
        done.note("campaigns.own_target", Thing("check", check), details)
    return True


def _answers(year: CampaignYear, line: Line, unit: int) -> bool:
    """Whether a unit answers for a check as a whole, or at a site."""
    who = duties(year, timezone.localdate())
    if who.lead(line).unit == unit:
        return True
    clusters = set(who.territory) | {cluster for cluster, _ in who.site_duties}
    return not (line.one_thing or line.survey) and any(who.at_site(line, each).unit == unit for each in clusters)


def _number(line: Line, written: str) -> Decimal:
    try:
        number = Decimal(written.rstrip("%％").strip())
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 < number <= 100 or number != round(number, 2):
        raise RegisterError(
            Text("填百分数，如95或97.5，不超过100", "write a per cent, such as 95 or 97.5, at most 100"), "per_cent"
        )
    least = demanded(line)
    if least is not None and Fraction(number) / 100 <= least:
        asked = plain(least * 100)
        raise RegisterError(
            Text(f"测评标准为{asked}%；自定目标只能高于标准，不能等于或低于标准", f"the standard asks {asked}%: your own target can only be higher"),
            "per_cent",
        )  # fmt: skip
    return number
