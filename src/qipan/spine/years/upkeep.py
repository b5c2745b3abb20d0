"""Upkeep after the title: a campaign is put into it with a day and a reason, and taken out again with a reason.

In upkeep a round proposes a share of the usual sample, and places where faults came back stand first.
"""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.notify.actions import send
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.queries import held
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.work.branches import branches
from qipan.spine.work.models import WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.special.conditions import recurred

MOST_REASON = 300


def smaller_draw(usual: int, share: int) -> int:
    """Return how many of a type a round proposes in upkeep: the share of the usual number, rounded up, at least one.

    Args:
        usual: how many it would be otherwise; of nothing nothing is drawn.
        share: per cent.
    """
    return max(1, -(-usual * share // 100)) if usual > 0 else 0


def came_back(post: Post, year: CampaignYear) -> dict[str, int]:
    """Return the sites with orders of a year that were closed and found again within thirty days, as a post sees them,
    with how many; the most first (two statements).
    """
    where = SEE.visible(post, branches(post.unit.county_id)) & recurred()
    rows = WorkItem.objects.filter(where, county_id=post.unit.county_id, year=year.year).order_by()
    counts = rows.values_list("cluster").annotate(n=Count("pk"))
    return dict(sorted(counts, key=lambda row: (-row[1], row[0])))


def first_in_upkeep(post: Post, year: CampaignYear, on: date) -> dict[str, int]:
    """Return the sites that stand first: in upkeep those where faults came back, before it none."""
    return came_back(post, year) if year.campaign.in_upkeep(on) else {}


def set_upkeep(
    pk: int, *, version: int, since: date | None, share: int | None, reason: str, by: Post, at: datetime | None = None
) -> None:
    """Put a campaign into upkeep, or change its day or its share, with a reason.

    Args:
        pk: the campaign.
        version: of the campaign, as the page showed it.
        since: the first day of upkeep; not after today.
        share: of the usual sample that a round proposes, per cent.
        reason: why.
        by: the campaign office.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a day, a share or the reason is missing or cannot be.
        Stale: somebody else changed the campaign meanwhile.
    """
    now = at or timezone.now()
    campaign = _mine(pk, by)
    first = date(campaign.first_year, 1, 1)
    today = timezone.localdate(now)
    if since is None or not first <= since <= today:
        raise RegisterError(
            Text(f"请填{first}至{today}之间的日期", f"write a day from {first} to {today}"), "since"
        )  # fmt: skip
    if share is None or not 1 <= share <= 100:
        raise RegisterError(Text("请填1至100之间的整数", "write a whole number from 1 to 100"), "share")
    why = _reason(reason)
    words = Text(
        f"{campaign.name_zh}自{since}起转入常态巩固：{why}", f"{campaign.name_zh} is in upkeep since {since}: {why}"
    )
    _change(campaign, version, "campaign.upkeep", since, share, why, words, by, now)


def end_upkeep(pk: int, *, version: int, reason: str, by: Post, at: datetime | None = None) -> None:
    """Take a campaign out of upkeep, with a reason; its share stays for the next time.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: it is not in upkeep, or no reason is given.
        Stale: somebody else changed the campaign meanwhile.
    """
    now = at or timezone.now()
    campaign = _mine(pk, by)
    if campaign.upkeep_since is None:
        raise RegisterError(Text("目前不是常态巩固状态", "the campaign is not in upkeep"))
    why = _reason(reason)
    words = Text(
        f"{campaign.name_zh}结束常态巩固，恢复创建：{why}", f"{campaign.name_zh} is out of upkeep again: {why}"
    )
    _change(campaign, version, "campaign.upkeep_end", None, campaign.upkeep_share, why, words, by, now)


def _mine(pk: int, by: Post) -> Campaign:
    campaign = Campaign.objects.select_related("county").filter(pk=pk).first()
    if campaign is None or not MANAGE_CAMPAIGN.allows(by, campaign.county):
        raise PermissionDenied
    return campaign


def _reason(reason: str) -> str:
    why = " ".join(reason.split())
    if not why or len(why) > MOST_REASON:
        words = Text(f"请写明理由，最多{MOST_REASON}字", f"give a reason of at most {MOST_REASON} characters")
        raise RegisterError(words, "reason")
    return why


def _said(campaign: Campaign) -> dict[str, str]:
    return {
        "upkeep_since": str(campaign.upkeep_since or ""), "upkeep_reason": campaign.upkeep_reason,
        "upkeep_share": str(campaign.upkeep_share),
    }  # fmt: skip


def _change(
    campaign: Campaign, version: int, verb: str, since: date | None, share: int, why: str, words: Text, by: Post,
    now: datetime,
) -> None:  # fmt: skip
    """Write what is new, with the messages about another day and the journal's note."""
    with act(actor(by), now) as done:
        rows = Campaign.objects.filter(pk=campaign.pk, version=version)
        kept = why if since is not None else ""
        if not rows.update(
            upkeep_since=since, upkeep_reason=kept, upkeep_share=share, version=F("version") + 1
        ):  # fmt: skip
            current = Campaign.objects.values_list("version", flat=True).get(pk=campaign.pk)
            raise stale(campaign.county.code, "campaign", campaign.pk, version, current)
        was, moved = _said(campaign), campaign.upkeep_since != since
        campaign.upkeep_since, campaign.upkeep_reason, campaign.upkeep_share = since, kept, share
        changes = differences(was, _said(campaign))
        if moved:
            _tell(campaign, words, by, now)
        details = {"version": version + 1, "changes": changes, "reason": why}
        done.note(verb, Thing("campaign", str(campaign.pk), campaign.name_zh), details)


def _tell(campaign: Campaign, words: Text, by: Post, now: datetime) -> None:
    """Tell the office, the leaders and those who look."""
    roles = (Role.OFFICE, Role.LEADER, Role.INSPECTOR)
    posts = Post.objects.filter(
        held(timezone.localdate(now)), unit__county_id=campaign.county_id, role__in=roles, person__is_active=True
    ).exclude(pk=by.pk)
    short = Text(words.zh[:300], words.en[:300])
    send(
        list(posts.select_related("unit", "person")), "campaign.upkeep", short, link="/year/",
        thing=("campaign", str(campaign.pk)), at=now,
    )  # fmt: skip
