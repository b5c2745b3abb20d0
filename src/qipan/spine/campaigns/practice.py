"""The practice county: a copy of a county in which everyone may try everything, and of which nothing counts.

It is a county of its own, so that it has its own ledger, lists, messages and journal; rows of the two never meet. What
is copied is what a campaign stands on (units, posts, sites, duties, years with their pins, nodes), not what was seen.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, Unit, UnitGroup, UnitType
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.queries import held
from qipan.ground.worktime.models import Calendar, CalendarYear, SpecialDay
from qipan.spine.campaigns.copies import Pairs, copies
from qipan.spine.campaigns.models import AnsweringLead, Campaign, CampaignYear, FunctionDuty, Phase, TimeNode
from qipan.spine.campaigns.practice_rows import delete_rows
from qipan.spine.campaigns.setup import county_made

SUFFIX = "-practice"
LONGEST_CODE = 32


def practice_of(county_id: int) -> County | None:
    """Return a county's practice county, or None (one statement)."""
    return County.objects.filter(practice_of_id=county_id).first()


def make_practice(county: County, *, by: Post) -> County:
    """Make a county's practice county.

    Args:
        county: the real one.
        by: who makes it; a post of the real county.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: there is one, or the county is itself for practice.
    """
    if not MANAGE_CAMPAIGN.allows(by, county):
        raise PermissionDenied
    if county.is_practice:
        raise RegisterError(Text("练习环境不能再建练习环境", "this is the place to practise in already"))
    with act(actor(by)) as done:
        if practice_of(county.pk) is not None:
            raise RegisterError(Text("已有练习环境", "there is a place to practise in already"))
        made = _copy(county)
        done.note("practice.make", Thing("county", made.code, made.name_zh))
        _note_there(made, by, "practice.make")
    return made


def reset_practice(county: County, *, by: Post) -> County:
    """Throw away what was tried, and copy the county anew. Nothing of the real county is touched.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: there is no practice county.
    """
    old = _mine(county, by)
    with act(actor(by)) as done:
        gone = delete_rows(old)
        made = _copy(county)
        done.note("practice.reset", Thing("county", made.code, made.name_zh), {"rows": gone})
        _note_there(made, by, "practice.reset")
    return made


def remove_practice(county: County, *, by: Post) -> int:
    """Throw the practice county away, and return how many rows went with it. Its journal stays, as every journal does.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: there is no practice county.
    """
    old = _mine(county, by)
    with act(actor(by)) as done:
        gone = delete_rows(old)
        done.note("practice.remove", Thing("county", old.code, old.name_zh), {"rows": gone})
    return gone


def enter_practice(county: County, *, by: Post) -> Post:
    """Return the post from which a person practises; one who came after the copy was made gets theirs now.

    Raises:
        RegisterError: there is no practice county, or the unit was made after it.
    """
    there = practice_of(county.pk)
    if there is None:
        raise RegisterError(Text("尚未建立练习环境", "there is no place to practise in yet"))
    today = timezone.localdate()
    same = Q(unit__county=there, person_id=by.person_id, unit__code=by.unit.code, role=by.role)
    found = Post.objects.filter(held(today), same).order_by("id").first()
    if found is not None:
        return found
    unit = Unit.objects.filter(county=there, code=by.unit.code).first()
    if unit is None:
        raise RegisterError(
            Text(
                "您的单位在练习环境建立之后才登记，请重置练习环境",
                "your unit is newer than the copy; have it made anew",
            )
        )
    return Post.objects.create(
        unit=unit, person_id=by.person_id, role=by.role, title_zh=by.title_zh, title_en=by.title_en
    )


def _mine(county: County, by: Post) -> County:
    if not MANAGE_CAMPAIGN.allows(by, county) or county.is_practice:
        raise PermissionDenied
    found = practice_of(county.pk)
    if found is None:
        raise RegisterError(Text("尚未建立练习环境", "there is no place to practise in yet"))
    return found


def _note_there(made: County, by: Post, verb: str) -> None:
    """Note it in the practice county's own chain too."""
    there = Actor(person=by.person.get_username(), post=by.title_zh, unit=by.unit.code, county=made.code)
    with act(there) as done:
        done.note(verb, Thing("county", made.code, made.name_zh))


def _copy(county: County) -> County:
    made = County.objects.create(
        code=f"{county.code[: LONGEST_CODE - len(SUFFIX)]}{SUFFIX}",
        name_zh=f"{county.name_zh}（练习）"[:80],
        name_en=f"{county.name_en} (practice)"[:80] if county.name_en else "",
        is_example=county.is_example,
        practice_of=county,
    )
    copies(UnitType.objects.filter(county=county), {"county_id": made.pk})
    copies(UnitGroup.objects.filter(county=county), {"county_id": made.pk})
    units = _units(county, made)
    today = timezone.localdate()
    posts = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), unit__county=county, stands_for=None)
    copies(posts, {}, unit_id=units)
    sites = copies(Site.objects.filter(county=county), {"county_id": made.pk}, territory_id=units)
    copies(SiteDuty.objects.filter(site__county=county), {}, site_id=sites, unit_id=units)
    _calendar(county, made)
    _campaigns(county, made, units)
    county_made.send(County, county=made, copy_of=county)
    return made


def _units(county: County, made: County) -> Pairs:
    """Copy the units, then say which stands under which."""
    rows = list(Unit.objects.filter(county=county).order_by("id"))
    units = copies(rows, {"county_id": made.pk, "parent_id": None, "merged_into_id": None})
    fresh = {copy.pk: copy for copy in Unit.objects.filter(county=made)}
    placed = []
    for row in rows:
        if row.parent_id or row.merged_into_id:
            copy = fresh[units[row.pk]]
            copy.parent_id = units.get(row.parent_id or 0)
            copy.merged_into_id = units.get(row.merged_into_id or 0)
            placed.append(copy)
    Unit.objects.bulk_update(placed, ["parent", "merged_into"], batch_size=500)
    return units


def _calendar(county: County, made: County) -> None:
    old = Calendar.objects.filter(county=county).first()
    if old is None:
        return
    copies([old], {"county_id": made.pk})
    to = {county.pk: made.pk}
    copies(CalendarYear.objects.filter(calendar_id=county.pk), {}, calendar_id=to)
    copies(SpecialDay.objects.filter(calendar_id=county.pk), {}, calendar_id=to)


def _campaigns(county: County, made: County, units: Pairs) -> None:
    campaigns = copies(Campaign.objects.filter(county=county), {"county_id": made.pk}, office_id=units)
    mine = {"campaign_id": campaigns}
    copies(FunctionDuty.objects.filter(campaign__county=county), {}, unit_id=units, **mine)
    phases = copies(Phase.objects.filter(campaign__county=county), {}, **mine)
    copies(TimeNode.objects.filter(campaign__county=county), {}, phase_id=phases, **mine)
    old_years = list(CampaignYear.objects.filter(campaign__county=county).order_by("id"))
    years = copies(old_years, {"closed_at": None}, **mine)
    pinned = CampaignYear.companions.through
    pins = pinned.objects.filter(campaignyear_id__in=list(years))
    pinned.objects.bulk_create(
        pinned(campaignyear_id=years[year], edition_id=edition)
        for year, edition in pins.values_list("campaignyear_id", "edition_id")
    )
    leads = AnsweringLead.objects.filter(campaign_year__campaign__county=county)
    copies(leads, {}, campaign_year_id=years, unit_id=units)
