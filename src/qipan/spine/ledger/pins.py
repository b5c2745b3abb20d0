"""Pinning: by which editions a year of a campaign is judged.

It stands above the ledger, because a pin may change freely only before anything was recorded in the year; afterwards
a change of the edition is a step of its own, with a preview and with evidence carried over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import F

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import AnsweringLead, Campaign, CampaignYear, YearRecord
from qipan.spine.campaigns.years.guard import refuse_closed
from qipan.spine.ledger.models import Observation, RoundFigure
from qipan.spine.ledger.recompute import rebuild
from qipan.spine.standards.actions import store_packs
from qipan.spine.standards.models import Edition
from qipan.spine.standards.shipped import shipped


@dataclass(frozen=True, slots=True)
class Choice:
    """A standard and what goes with it, each named by its hash: stored editions, or packs that come with the product."""

    standard: str
    companions: tuple[str, ...] = ()


def pin(campaign: Campaign, years: Sequence[int], choice: Choice, *, by: Post) -> list[CampaignYear]:
    """Let years of a campaign be judged by a standard, all of them or none; a year that is not there yet is made.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a year lies outside the cycle, an edition is not there, or something was recorded in the year.
    """
    if not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    wanted = sorted(set(years))
    if not wanted:
        raise RegisterError(Text("请至少选择一个年度", "choose at least one year"), "years")
    outside = [year for year in wanted if not campaign.first_year <= year <= campaign.last_year]
    if outside:
        words = Text(f"{outside[0]}年不在活动周期内", f"{outside[0]} is not a year of the campaign's cycle")
        raise RegisterError(words, "years")
    with act(actor(by)) as done:
        standard, companions = _editions(choice, by)
        # Two who pin at once take turns here: the campaign's version is the lock of its years.
        Campaign.objects.filter(pk=campaign.pk).update(version=F("version") + 1)
        made = [_pin(campaign, year, standard, companions) for year in wanted]
        for year in made:
            details = {
                "year": year.year, "standard": standard.hash, "name": standard.name,
                "companions": [edition.hash for edition in companions],
            }  # fmt: skip
            done.note("campaign.pin", Thing("campaign", str(campaign.pk), campaign.name_zh), details)
    return made


def remove_year(pk: int, *, by: Post) -> int:
    """Take a year out of a campaign again, with its cut, absent types and chosen leads; the year that it was.

    Raises:
        PermissionDenied: the post may not, or there is no such year.
        RegisterError: something was recorded in the year.
    """
    year = CampaignYear.objects.select_related("campaign__county").filter(pk=pk).first()
    if year is None or not MANAGE_CAMPAIGN.allows(by, year.campaign.county):
        raise PermissionDenied
    with act(actor(by)) as done:
        refuse_closed(CampaignYear.objects.filter(pk=pk))
        _refuse_recorded(year)
        if YearRecord.objects.filter(campaign_year=year).exists():
            words = Text(f"{year.year}年度有归档记录，不能移出活动", f"{year.year} has a frozen record, so it stays")
            raise RegisterError(words, "years")
        thing = Thing("campaign", str(year.campaign_id), year.campaign.name_zh)
        done.note("campaign.remove_year", thing, {"year": year.year, "standard": year.standard_id})
        Campaign.objects.filter(pk=year.campaign_id).update(version=F("version") + 1)
        year.delete()
    return year.year


def is_recorded(year: CampaignYear) -> bool:
    """Whether something was recorded in a year, or a round has published its figures (two statements)."""
    seen = Observation.objects.filter(county_id=year.campaign.county_id, year=year.year)
    return seen.exists() or RoundFigure.objects.filter(campaign_year=year).exists()


def _pin(campaign: Campaign, number: int, standard: Edition, companions: Sequence[Edition]) -> CampaignYear:
    year = CampaignYear.objects.select_related("campaign").filter(campaign=campaign, year=number).first()
    if year is None:
        # A year begins with the same site types absent as the year before it.
        before = CampaignYear.objects.filter(campaign=campaign, year__lt=number).order_by("-year").first()
        absent = list(before.absent_types) if before else []
        year = CampaignYear.objects.create(campaign=campaign, year=number, standard=standard, absent_types=absent)
    elif year.standard_id != standard.hash or {key for key, _ in year.pins} != {one.hash for one in companions}:
        refuse_closed([year])
        _refuse_recorded(year)
        CampaignYear.objects.filter(pk=year.pk).update(standard=standard, duties_version=F("duties_version") + 1)
    else:
        return year
    year.companions.set(companions)
    # What this object remembers of its pins is out of date.
    fresh = CampaignYear.objects.select_related("campaign__county", "standard").get(pk=year.pk)
    gone = AnsweringLead.objects.filter(campaign_year=fresh).exclude(check_key__in=list(rulebook(fresh).lines))
    gone.delete()
    rebuild(fresh)
    return fresh


def _refuse_recorded(year: CampaignYear) -> None:
    if is_recorded(year):
        raise RegisterError(
            Text(
                f"{year.year}年已有观测记录，所用标准不能直接更换；更换版本须先预览影响，此功能将在后续版本提供。",
                f"Something is recorded in {year.year}, so what it is judged by is not simply exchanged: a change of "
                "edition needs a preview of what it does, which comes with a later version.",
            ),
            "years",
        )


def _editions(choice: Choice, by: Post) -> tuple[Edition, list[Edition]]:
    """Return the editions of a choice; packs that come with the product are stored now."""
    hashes = list(dict.fromkeys((choice.standard, *choice.companions)))
    stored = Edition.objects.in_bulk(hashes)
    packs = [pack for pack in shipped() if pack.hash in hashes and pack.hash not in stored]
    stored |= {edition.hash: edition for edition in store_packs(packs, by=by)} if packs else {}
    missing = [name for name in hashes if name not in stored]
    if missing:
        words = Text(f"没有这一版本：{missing[0][:8]}", f"there is no such edition: {missing[0][:8]}")
        raise RegisterError(words, "standard")
    standard = stored[choice.standard]
    if standard.kind != Edition.Kind.STANDARD:
        raise RegisterError(Text("所选不是测评标准", "what was chosen is no standard"), "standard")
    companions = [stored[name] for name in hashes if name != choice.standard]
    for kind in (Edition.Kind.CHECKLISTS, Edition.Kind.QUESTIONNAIRES, Edition.Kind.STANDARD, Edition.Kind.FUNCTIONS):
        names = [edition.name for edition in companions if edition.kind == kind]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            words = Text(f"“{twice}”选了两个版本，只能用一个", f"two editions of {twice} are chosen; one can be used")
            raise RegisterError(words, "companions")
    return standard, companions
