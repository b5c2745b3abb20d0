"""What can happen to a campaign itself: it is begun, and its name, honour, cycle, office, cuts and absent types change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db.models import F

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, Unit
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.campaigns.setup_honours import BY_CODE, proposed_name
from qipan.spine.campaigns.years.guard import refuse_closed_now

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_CYCLE = 10


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What a campaign is; an empty name is proposed from honour and cycle, `office` is the code of a unit."""

    honour: str
    first_year: int
    last_year: int
    office: str
    name_zh: str = ""
    name_en: str = ""


def begin_campaign(county: County, plan: CampaignPlan, *, by: Post) -> Campaign:
    """Begin a county's campaign.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: the county has a campaign whose cycle is not over, or a field does not do.
    """
    if not MANAGE_CAMPAIGN.allows(by, county):
        raise PermissionDenied
    values, office = _values(county, plan)
    with act(actor(by)) as done:
        # Two who begin one at once take turns here.
        County.objects.select_for_update().get(pk=county.pk)
        later = Campaign.objects.filter(county=county, last_year__gte=plan.first_year).first()
        if later is not None:
            raise RegisterError(
                Text(
                    f"本县已有活动“{later.name_zh}”，其周期到{later.last_year}年",
                    f"the county has a campaign already, {later.name_zh}, whose cycle lasts until {later.last_year}",
                ),
                "first_year",
            )
        campaign = Campaign.objects.create(county=county, office=office, **values)
        done.note("campaign.begin", _thing(campaign), {"version": 1, "changes": differences({}, _said(campaign))})
    return campaign


def change_campaign(pk: int, plan: CampaignPlan, *, version: int, by: Post) -> dict[str, list[str]]:
    """Change a campaign, and return the fields that changed, each with both values.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a field does not do, or the cycle leaves out a year that has a standard.
        Stale: somebody else changed it meanwhile.
    """
    campaign = _mine(pk, by)
    values, office = _values(campaign.county, plan)
    outside = campaign.years.exclude(year__gte=plan.first_year, year__lte=plan.last_year).order_by("year").first()
    if outside is not None:
        raise RegisterError(
            Text(
                f"{outside.year}年已确定测评标准，周期须包含该年",
                f"{outside.year} has a standard already, so the cycle must contain it",
            ),
            "first_year" if outside.year < plan.first_year else "last_year",
        )
    was = _said(campaign)
    with act(actor(by)) as done:
        _raise_version(campaign, version)
        Campaign.objects.filter(pk=pk).update(office=office, **values)
        campaign.refresh_from_db()
        changed = differences(was, _said(campaign))
        if changed:
            done.note("campaign.change", _thing(campaign), {"version": campaign.version, "changes": changed})
    return changed


def set_year(
    pk: int, *, cut: Decimal | None, absent_types: Iterable[str], version: int, by: Post
) -> dict[str, list[str]]:
    """Set a year's own cut (None: the standard's) and the site types that the county does not have.

    Args:
        pk: the campaign year.
        cut: points, an assumption of the campaign and shown as one.
        absent_types: codes of site types.
        version: of the campaign, as the page showed it.
        by: who sets it.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: the cut is no number of points.
        Stale: somebody else changed the campaign meanwhile.
    """
    year = CampaignYear.objects.select_related("campaign__county").filter(pk=pk).first()
    if year is None or not MANAGE_CAMPAIGN.allows(by, year.campaign.county):
        raise PermissionDenied
    if cut is not None and not 0 < cut < 10_000:
        raise RegisterError(Text("分数线须大于0", "a cut is more than 0 points"), "cut")
    absent = sorted(set(absent_types))
    was = {f"cut {year.year}": year.assumed_cut, f"absent {year.year}": "、".join(year.absent_types)}
    with act(actor(by)) as done:
        refuse_closed_now(year.campaign.county_id, year.year)
        _raise_version(year.campaign, version)
        CampaignYear.objects.filter(pk=pk).update(assumed_cut=cut, absent_types=absent)
        year.refresh_from_db(fields=["assumed_cut", "absent_types"])
        now = {f"cut {year.year}": year.assumed_cut, f"absent {year.year}": "、".join(year.absent_types)}
        changed = differences(was, now)
        if changed:
            details = {"version": year.campaign.version + 1, "year": year.year, "changes": changed}
            done.note("campaign.year", _thing(year.campaign), details)
    return changed


def _mine(pk: int, by: Post) -> Campaign:
    campaign = Campaign.objects.select_related("county", "office").filter(pk=pk).first()
    if campaign is None or not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    return campaign


def _raise_version(campaign: Campaign, version: int) -> None:
    guarded = Campaign.objects.filter(pk=campaign.pk, version=version)
    if not guarded.update(version=F("version") + 1):
        now = Campaign.objects.values_list("version", flat=True).get(pk=campaign.pk)
        raise stale(campaign.county.code, "campaign", campaign.pk, version, now)


def _values(county: County, plan: CampaignPlan) -> tuple[dict[str, str | int], Unit]:
    """Look at what a plan says, and return it as columns."""
    if plan.honour not in BY_CODE:
        raise RegisterError(Text("请选择一项荣誉", "choose an honour"), "honour")
    for field in ("first_year", "last_year"):
        if not FIRST_YEAR <= getattr(plan, field) <= LAST_YEAR:
            raise RegisterError(Text("请填四位年份，如2026", "write a year of four digits, such as 2026"), field)
    if plan.last_year < plan.first_year:
        raise RegisterError(Text("末年不得早于首年", "the last year is not before the first"), "last_year")
    if plan.last_year - plan.first_year >= LONGEST_CYCLE:
        words = Text(f"一个周期最多{LONGEST_CYCLE}年", f"a cycle has at most {LONGEST_CYCLE} years")
        raise RegisterError(words, "last_year")
    office = Unit.objects.filter(county=county, code=plan.office, valid_to=None).first()
    if office is None:
        raise RegisterError(Text("请选择本县的一个单位", "choose a unit of the county"), "office")
    proposed = proposed_name(plan.honour, plan.first_year, plan.last_year)
    values: dict[str, str | int] = {
        "name_zh": plan.name_zh.strip()[:120] or proposed.zh,
        "name_en": plan.name_en.strip()[:120] or proposed.en,
        "honour": plan.honour,
        "first_year": plan.first_year,
        "last_year": plan.last_year,
    }
    return values, office


def _said(campaign: Campaign) -> dict[str, object]:
    """What the journal says of a campaign."""
    return {
        "name_zh": campaign.name_zh,
        "name_en": campaign.name_en,
        "honour": campaign.honour,
        "first_year": campaign.first_year,
        "last_year": campaign.last_year,
        "office": campaign.office.name_zh if campaign.office else "",
    }


def _thing(campaign: Campaign) -> Thing:
    return Thing("campaign", str(campaign.pk), campaign.name_zh)
