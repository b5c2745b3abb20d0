"""What can happen in a campaign: an answering lead is chosen, or the choice is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db.models import F

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.permissions import CHOOSE_ANSWERING_LEADS
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import AnsweringLead, CampaignYear
from qipan.spine.campaigns.years.guard import refuse_closed_now


class ChoiceError(ValueError):
    """A choice that cannot be made; nothing was changed. `words` say why."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


def choose_answering_lead(year: CampaignYear, check: str, unit: str, *, by: Post) -> AnsweringLead:
    """Choose the one unit to which a check's points fall where no unit answers for the site.

    Args:
        year: the campaign year.
        check: the key of the check.
        unit: the code of a unit of the county.
        by: who chooses.

    Raises:
        PermissionDenied: the post may not choose.
        ChoiceError: there is no such check, or no such unit in the county.
    """
    _may(year, by)
    line = rulebook(year).lines.get(check)
    if line is None or line.counter:
        raise ChoiceError(Text(f"标准中没有测评点“{check}”", f"the standard has no check {check!r}"))
    chosen = Unit.objects.filter(county_id=year.campaign.county_id, code=unit).first()
    if chosen is None:
        raise ChoiceError(Text(f"本县没有编号为“{unit}”的单位", f"the county has no unit {unit!r}"))
    with act(actor(by)) as noted:
        refuse_closed_now(year.campaign.county_id, year.year)
        before = _chosen(year, check)
        lead, _ = AnsweringLead.objects.update_or_create(
            campaign_year=year, check_key=check, defaults={"unit": chosen, "chosen_by": _signature(by)}
        )
        _raise_version(year)
        details = {"year": year.year, "unit": chosen.code, "before": before}
        noted.note("campaigns.choose_lead", Thing("check", check), details)
    return lead


def choose_answering_leads(year: CampaignYear, chosen: Mapping[str, str], *, by: Post) -> list[AnsweringLead]:
    """Choose the leads of several checks, all or none: check -> code of the unit.

    Raises:
        PermissionDenied: the post may not choose.
        ChoiceError: one of them cannot be chosen; nothing was changed.
    """
    _may(year, by)
    with act(actor(by)):
        return [choose_answering_lead(year, check, unit, by=by) for check, unit in chosen.items()]


def withdraw_answering_lead(year: CampaignYear, check: str, *, by: Post) -> bool:
    """Take a choice back, so that the check is answered for as its standard and the map of functions say.

    Returns:
        Whether there was a choice.

    Raises:
        PermissionDenied: the post may not choose.
    """
    _may(year, by)
    with act(actor(by)) as noted:
        refuse_closed_now(year.campaign.county_id, year.year)
        before = _chosen(year, check)
        gone, _ = AnsweringLead.objects.filter(campaign_year=year, check_key=check).delete()
        if gone:
            _raise_version(year)
            noted.note("campaigns.withdraw_lead", Thing("check", check), {"year": year.year, "before": before})
    return bool(gone)


def _may(year: CampaignYear, by: Post) -> None:
    if not CHOOSE_ANSWERING_LEADS.allows(by, year.campaign.county):
        raise PermissionDenied


def _chosen(year: CampaignYear, check: str) -> str:
    """Return the code of the unit that is chosen for a check so far; empty where none is."""
    leads = AnsweringLead.objects.filter(campaign_year=year, check_key=check)
    return leads.values_list("unit__code", flat=True).first() or ""


def _raise_version(year: CampaignYear) -> None:
    # Whatever is kept of whose points they are is found by this version.
    CampaignYear.objects.filter(pk=year.pk).update(duties_version=F("duties_version") + 1)
    year.refresh_from_db(fields=["duties_version"])


def _signature(by: Post) -> str:
    """Return who acts as a value: person, post and unit."""
    person = by.person.full_name_zh or by.person.username
    title = by.title_zh if by.unit.name_zh in by.title_zh else f"{by.unit.name_zh}{by.title_zh}"
    return f"{person}（{title}）"[:160]
