"""A leader's page: where the campaign stands in a sentence, what is at risk, and what the leader has said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from qipan.assessment.standard import Cut
from qipan.ground.sites.sponsors import LEADER, SponsorName
from qipan.ground.units.models import Post
from qipan.ground.units.registers import post_words
from qipan.overview.board import Ahead, cut_of, nodes_ahead
from qipan.overview.sponsors import SponsorPage, page_of
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.scorecards.queries import Standing, standing
from qipan.spine.work.models import LogEntry, Step
from qipan.spine.work.queries import Counts, Filters, Row, counts, items, top_risks

RISKS = 3
SAID = 10


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a leader said to an item, as written, and the item as it stands now."""

    text: str
    at: datetime
    row: Row


@dataclass(frozen=True, slots=True)
class LeaderPage:
    """Everything on the page."""

    standing: Standing
    cut: Cut | None
    counts: Counts
    risks: tuple[Row, ...]
    said: tuple[Instruction, ...]
    deciding: Ahead | None
    own: SponsorPage
    """The places that the leader sponsors."""


def leader(post: Post, year: CampaignYear, now: datetime) -> LeaderPage:
    """Return a leader's page (thirty statements at most)."""
    today = timezone.localdate(now)
    here = standing(year, today)
    return LeaderPage(
        standing=here,
        cut=cut_of(year, here),
        counts=counts(post, year, now=now),
        risks=tuple(top_risks(post, year, count=RISKS, now=now)),
        said=tuple(_said(post, year, now)),
        deciding=next((node for node in nodes_ahead(year, today) if node.decides), None),
        own=page_of(post, year, SponsorName(LEADER, post.pk, post_words(post)), now),
    )


def _said(post: Post, year: CampaignYear, now: datetime) -> list[Instruction]:
    """Return what this person said last, the newest first."""
    entries = LogEntry.objects.filter(
        step=Step.INSTRUCTED, person=post.person_id, work_item__county_id=post.unit.county_id
    )
    last = list(entries.order_by("-id").values_list("text", "at", "work_item__number")[:SAID])
    if not last:
        return []
    wanted = Filters(number=",".join(sorted({number for _, _, number in last})))
    rows = {row.number: row for row in items(post, wanted, year=year, per_page=SAID, now=now).rows}
    return [Instruction(text, at, rows[number]) for text, at, number in last if number in rows]
