"""What a unit's end or merger means for a campaign: functions and chosen leads move, and points find their owner anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q

from qipan.ground.audit.journal import Act, Thing
from qipan.ground.units.models import Unit
from qipan.ground.units.queries import held
from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty
from qipan.spine.campaigns.queries import latest_campaign


def on_merged(sender: object, *, unit: Unit, into: Unit, on: date, act: Act, **_: Any) -> None:
    """Let a merged unit's functions be the other unit's from a day on; chosen leads follow by the unit's own dates."""
    last = on - timedelta(days=1)
    running = list(FunctionDuty.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), unit=unit))
    theirs = set(
        FunctionDuty.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), unit=into).values_list(
            "campaign_id", "function"
        )
    )
    for row in running:
        if row.valid_from is not None and row.valid_from >= on:
            FunctionDuty.objects.filter(pk=row.pk).update(unit=into)
            continue
        FunctionDuty.objects.filter(pk=row.pk).update(valid_to=last)
        # Where the other unit carries the function already, a second row would change nothing.
        if (row.campaign_id, row.function) not in theirs:
            FunctionDuty.objects.create(
                campaign_id=row.campaign_id, function=row.function, unit=into, valid_from=on, valid_to=row.valid_to
            )
    offices = Campaign.objects.filter(office=unit).update(office=into, version=F("version") + 1)
    if running or offices:
        details = {"into": into.code, "on": on.isoformat(), "functions": len(running)}
        act.note("campaigns.take_over", Thing("unit", str(unit.pk), f"{unit.name_zh} ({unit.code})"), details)
    raise_versions(unit.county_id)


def on_ended(sender: object, *, unit: Unit, on: date, act: Act, **_: Any) -> None:
    """End what a unit carries on its last day; its points are then unowned, which the board shows."""
    running = FunctionDuty.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), unit=unit)
    running.filter(valid_from__gt=on).delete()
    functions = running.update(valid_to=on)
    if functions:
        details = {"on": on.isoformat(), "functions": functions}
        act.note("campaigns.let_go", Thing("unit", str(unit.pk), f"{unit.name_zh} ({unit.code})"), details)
    raise_versions(unit.county_id)


def on_duties_changed(sender: object, *, county_id: int, **_: Any) -> None:
    """Have points find their owner anew after a change in the register of sites."""
    raise_versions(county_id)


def raise_versions(county_id: int) -> None:
    """Have everything that is kept of whose points are whose in a county be made anew."""
    CampaignYear.objects.filter(campaign__county_id=county_id).update(duties_version=F("duties_version") + 1)


def carriers(county_id: int, on: date) -> Mapping[str, list[int]]:
    """Return which units of a county carry which function of its latest campaign on a day (two statements)."""
    campaign = latest_campaign(county_id)
    found: dict[str, list[int]] = {}
    if campaign is not None:
        rows = FunctionDuty.objects.filter(held(on), campaign=campaign).order_by("function", "id")
        for function, unit in rows.values_list("function", "unit_id"):
            found.setdefault(function, []).append(unit)
    return found
