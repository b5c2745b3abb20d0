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
from qipan.spine.work.hard.queries import Line, owned_by
from qipan.spine.work.instructing import may_take_back, standing_instructions
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
    may_take_back: bool
    """Nobody has acted on the item since."""


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
    hard: tuple[Line, ...]
    """The unsolved hard problems that the leader owns."""


def leader(post: Post, year: CampaignYear, now: datetime) -> LeaderPage:
    """Return a leader's page (thirty-six statements at most)."""
    today = timezone.localdate(now)
    here = standing(year, today)
    return LeaderPage(
        standing=here,
        cut=cut_of(year, here),
        counts=counts(post, year, now=now),
        risks=tuple(top_risks(post, year, count=RISKS, now=now)),
        said=tuple(_said(post, year, now)),
        deciding=next((node for node in nodes_ahead(year, today) if node.decides), None),
        own=page_of(post, year, SponsorName(LEADER, post.stands_for_id or post.pk, post_words(post)), now),
        hard=tuple(owned_by(post, year, now)),
    )


def _said(post: Post, year: CampaignYear, now: datetime) -> list[Instruction]:
    """Return what this person said last and has not taken back, the newest first."""
    mine = LogEntry.objects.filter(
        step=Step.INSTRUCTED, person=post.person_id, work_item__county_id=post.unit.county_id
    )
    pks = list(mine.order_by("-id").values_list("work_item_id", flat=True)[:SAID])
    logs: dict[int, list[LogEntry]] = {}
    for entry in LogEntry.objects.filter(work_item_id__in=pks).select_related("work_item").order_by("id"):
        logs.setdefault(entry.work_item_id, []).append(entry)
    last = sorted(
        (
            (entry, may_take_back(post, log) == entry)
            for log in logs.values()
            for entry in standing_instructions(log)
            if entry.person == post.person_id
        ),
        key=lambda pair: -pair[0].pk,
    )[:SAID]
    if not last:
        return []
    wanted = Filters(number=",".join(sorted({entry.work_item.number for entry, _ in last})))
    rows = {row.number: row for row in items(post, wanted, year=year, per_page=SAID, now=now).rows}
    return [
        Instruction(
            entry.text, entry.at, rows[entry.work_item.number], last_word and rows[entry.work_item.number].is_open
        )
        for entry, last_word in last
        if entry.work_item.number in rows
    ]
