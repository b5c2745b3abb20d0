"""Issuing what was read in pasted text and confirmed by a person: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.files.models import Photo
from qipan.ground.sites.models import Site
from qipan.ground.units.groups import KEY, group_codes
from qipan.ground.units.models import Post
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.errors import WorkError
from qipan.spine.work.groups.actions import issue_to_units
from qipan.spine.work.limits import ahead
from qipan.spine.work.models import WorkItem
from qipan.spine.work.opening import Finding, open_orders
from qipan.spine.work.timing.when import When, set_to
from qipan.spine.work.writing import moment

SPEECH, CHAT = "speech", "chat"


@dataclass(frozen=True, slots=True)
class Draft:
    """A task or an order as a person has confirmed it; `label` is its numbering in the speech.

    The unit of a task may be a group's key: each unit of it gets a task of its own.
    """

    title: str
    unit: str
    when: When | None
    text: str = ""
    label: str = ""
    site: str = ""
    photos: tuple[Photo, ...] = ()


class DraftError(WorkError):
    """A draft cannot be issued; `row` says which one, from 0."""

    def __init__(self, words: Text, field: str, row: int) -> None:
        super().__init__(words, field)
        self.row = row


def issue_drafts(
    year: CampaignYear, kind: str, drafts: Sequence[Draft], *, by: Post, source: str = "", at: datetime | None = None
) -> list[str]:
    """Issue confirmed drafts: the points of a speech as tasks, the lines of a chat as orders at their sites.

    Args:
        year: the campaign year.
        kind: `SPEECH` or `CHAT`.
        drafts: as they were confirmed.
        by: of the office (orders also by those who look).
        source: what the text was: a speech, a chat.
        at: when; now unless told otherwise.

    Returns:
        The numbers of the items.

    Raises:
        PermissionDenied: this post issues none.
        DraftError: one has no title, no lead unit or no deadline ahead; nothing is issued.
    """
    now = moment(at)
    for row, draft in enumerate(drafts):
        if not draft.title.strip():
            raise DraftError(Text("请填写内容。", "Say what is to be done."), "title", row)
        if not draft.unit:
            raise DraftError(Text("请选择牵头单位。", "Choose a lead unit."), "unit", row)
        if draft.when is None:
            raise DraftError(Text("请填写时限。", "Write a deadline."), "deadline", row)
        try:
            ahead(draft.when.deadline, now)
        except WorkError as error:
            raise DraftError(error.words, "deadline", row) from error
    numbers = []
    with transaction.atomic():
        for row, draft in enumerate(drafts):
            try:
                numbers += _issue(year, kind, draft, by, source, now)
            except DraftError:
                raise
            except WorkError as error:
                if not error.field:
                    raise
                raise DraftError(error.words, error.field, row) from error
    return numbers


def _issue(year: CampaignYear, kind: str, draft: Draft, by: Post, source: str, now: datetime) -> list[str]:
    when = draft.when or When(now)
    origin = (kind, "", f"{source} {draft.label}".strip()[:200])
    if kind == SPEECH:
        units = (
            group_codes(by.unit.county_id, draft.unit, timezone.localdate(now))
            if draft.unit.startswith(KEY)
            else [draft.unit]
        )
        made = issue_to_units(
            year, units, by=by, origin=origin, at=now, title=Text(draft.title), deadline=when, text=draft.text
        )
        return [item.number for item in made]
    place = Site.objects.filter(county=by.unit.county, code=draft.site).first() if draft.site else None
    if draft.site and place is None:
        raise WorkError(Text("本县没有此点位。", "The county has no such site."), "site")
    finding = Finding(
        "", "", now, stratum=place.type if place else "", cluster=draft.site, text=draft.text or draft.title, photos=draft.photos, unit=draft.unit,
        why=source, deadline=when.deadline, title=Text(draft.title),
    )  # fmt: skip
    (opened,) = open_orders(year, [finding], by=by, origin=origin, at=now)
    if when.text:
        order = WorkItem.objects.get(pk=opened.pk)
        WorkItem.objects.filter(pk=opened.pk).update(**set_to(order, when))
    return [opened.number]
