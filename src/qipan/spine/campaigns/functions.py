"""What can happen to the map of functions: a unit takes one on, for a time, and gives it up.

Each change raises the version of the duties of every year of the campaign, by which whatever is kept of whose points
they are is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty
from qipan.spine.campaigns.years.guard import closed_until

LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Mapping:
    """A function that a unit carries; without days, for as long as the campaign lasts."""

    function: str
    unit: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A unit that carries a function, as the page shows it."""

    pk: int
    function: str
    unit: str
    name: Text
    valid_from: date | None
    valid_to: date | None


def function_duties(campaign_id: int) -> list[DutyRow]:
    """Return who carries what, past and to come included (one statement)."""
    rows = FunctionDuty.objects.filter(campaign_id=campaign_id).order_by("function", "unit__code", "id")
    columns = ("id", "function", "unit__code", "unit__name_zh", "unit__name_en", "valid_from", "valid_to")
    return [
        DutyRow(pk, function, code, Text(zh, en), since, until)
        for pk, function, code, zh, en, since, until in rows.values_list(*columns)
    ]


def map_function(campaign: Campaign, wanted: Mapping, *, by: Post) -> FunctionDuty:
    """Let a unit carry a function; where the same was entered before, that stays.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: no such unit in the county, the days are the wrong way round, or the unit carries it then.
    """
    same = FunctionDuty.objects.filter(
        campaign=campaign, function=wanted.function, unit__code=wanted.unit,
        valid_from=wanted.valid_from, valid_to=wanted.valid_to,
    )  # fmt: skip
    if MANAGE_CAMPAIGN.allows(by, campaign.county) and (there := same.select_related("unit").first()):
        return there
    return _map(campaign, [wanted], by)[0]


def map_functions(campaign: Campaign, wanted: Iterable[Mapping], *, by: Post) -> list[FunctionDuty]:
    """Let units carry functions, all or none; what is carried already stays as it is.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a unit is not of the county.
    """
    there = {(row.function, row.unit) for row in function_duties(campaign.pk)}
    fresh = [each for each in dict.fromkeys(wanted) if (each.function, each.unit) not in there]
    return _map(campaign, fresh, by)


def _map(campaign: Campaign, wanted: list[Mapping], by: Post) -> list[FunctionDuty]:
    if not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    units = {unit.code: unit for unit in Unit.objects.filter(county_id=campaign.county_id)}
    made: list[FunctionDuty] = []
    with act(actor(by)) as done:
        since = _first_day(campaign.pk)
        for each in wanted:
            each = _from(each, since)
            unit = units.get(each.unit)
            _look_at(campaign, each, unit)
            if unit is None:
                raise RegisterError(Text("请选择本县的一个单位", "choose a unit of the county"), "unit")
            duty = FunctionDuty.objects.create(
                campaign=campaign, function=each.function, unit=unit,
                valid_from=each.valid_from, valid_to=each.valid_to,
            )  # fmt: skip
            made.append(duty)
            done.note("function.map", _thing(duty), _details(duty))
        if made:
            raise_duties(campaign.pk)
    return made


def _first_day(campaign_id: int) -> date | None:
    """Return the first day after the campaign's closed years: before it nothing changes any more."""
    last = closed_until(campaign_id)
    return None if last is None else last + timedelta(days=1)


def _from(wanted: Mapping, since: date | None) -> Mapping:
    """Return a duty that begins after the closed years: one without a first day begins then."""
    if since is None or (wanted.valid_from is not None and wanted.valid_from >= since):
        return wanted
    if wanted.valid_from is not None:
        raise RegisterError(_closed_words(since), "valid_from")
    return replace(wanted, valid_from=since)


def _closed_words(since: date) -> Text:
    day = f"{since.year}年{since.month}月{since.day}日"
    return Text(
        f"此前的年度已归档，职能分工只能自{day}起变动",
        f"the years before are closed: duties change from {since.day} {since:%B %Y} on",
    )


def _look_at(campaign: Campaign, wanted: Mapping, unit: Unit | None) -> None:
    if not wanted.function or len(wanted.function) > LONGEST_CODE:
        raise RegisterError(Text("请选择一项职能", "choose a function"), "function")
    if wanted.valid_from and wanted.valid_to and wanted.valid_to < wanted.valid_from:
        raise RegisterError(Text("结束日期不得早于开始日期", "the last day is not before the first"), "valid_to")
    if unit is None:
        return
    both = Q()
    if wanted.valid_to:
        both &= Q(valid_from=None) | Q(valid_from__lte=wanted.valid_to)
    if wanted.valid_from:
        both &= Q(valid_to=None) | Q(valid_to__gte=wanted.valid_from)
    if FunctionDuty.objects.filter(both, campaign=campaign, function=wanted.function, unit=unit).exists():
        raise RegisterError(
            Text(f"“{unit.name_zh}”在该时段已承担此职能", f"{unit.name_en or unit.name_zh} carries it then already"),
            "unit",
        )


def unmap_function(pk: int, *, by: Post) -> Mapping:
    """Take a function from a unit, and return what was taken, so that it can be given back.

    What the unit lost or won while it carried the function is then its no longer; give the duty a last day instead
    (`end_function`) where it was right until now.

    Raises:
        PermissionDenied: the post may not, or there is no such duty.
        RegisterError: the unit carried it in a year that is closed.
    """
    duty = _mine(pk, by)
    since = _first_day(duty.campaign_id)
    if since is not None and (duty.valid_from is None or duty.valid_from < since):
        words = Text(
            "该单位在已归档的年度承担过此职能，不能删除；请改填结束日期。",
            "The unit carried it in a year that is closed, so it is not taken out: give it a last day instead.",
        )
        raise RegisterError(words, "valid_to")
    with act(actor(by)) as done:
        done.note("function.unmap", _thing(duty), _details(duty))
        FunctionDuty.objects.filter(pk=pk).delete()
        raise_duties(duty.campaign_id)
    return Mapping(duty.function, duty.unit.code, duty.valid_from, duty.valid_to)


def end_function(pk: int, last: date, *, by: Post) -> FunctionDuty:
    """Let a unit carry a function until a day, and no longer.

    Raises:
        PermissionDenied: the post may not, or there is no such duty.
        RegisterError: the day lies before the first.
    """
    duty = _mine(pk, by)
    if duty.valid_from and last < duty.valid_from:
        raise RegisterError(Text("结束日期不得早于开始日期", "the last day is not before the first"), "valid_to")
    since = _first_day(duty.campaign_id)
    if since is not None and last < since - timedelta(days=1):
        raise RegisterError(_closed_words(since), "valid_to")
    with act(actor(by)) as done:
        duty.valid_to = last
        duty.save(update_fields=["valid_to"])
        done.note("function.end", _thing(duty), _details(duty))
        raise_duties(duty.campaign_id)
    return duty


def raise_duties(campaign_id: int) -> None:
    """Say that a responsibility of a campaign has changed."""
    CampaignYear.objects.filter(campaign_id=campaign_id).update(duties_version=F("duties_version") + 1)


def _mine(pk: int, by: Post) -> FunctionDuty:
    duty = FunctionDuty.objects.select_related("campaign__county", "unit").filter(pk=pk).first()
    if duty is None or not MANAGE_CAMPAIGN.allows(by, duty.campaign.county):
        raise PermissionDenied
    return duty


def _details(duty: FunctionDuty) -> dict[str, str]:
    days = {"from": duty.valid_from, "to": duty.valid_to}
    return {"unit": duty.unit.code} | {name: day.isoformat() for name, day in days.items() if day}


def _thing(duty: FunctionDuty) -> Thing:
    return Thing("function", duty.function, f"{duty.function} → {duty.unit.name_zh}")
