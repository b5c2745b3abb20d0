"""A unit logs a fault that it has found itself (自查自纠). It leads it, has accepted it with that, and gives itself a date;
the re-check is by others, as everywhere. It costs no points, and stands in no rate: it is counted beside them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.files.models import Photo
from qipan.ground.files.photos import use
from qipan.ground.sites.models import Site
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.worktime.queries import clock
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.campaigns.years.guard import refuse_closed_now
from qipan.spine.work import messages
from qipan.spine.work.branches import branches
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.limits import STANDING, ahead, due_by
from qipan.spine.work.models import Kind, LogEntry, Sighting, State, Step, WorkItem
from qipan.spine.work.opening import number_of, take_counter
from qipan.spine.work.origins import SELF
from qipan.spine.work.permissions import LOG_OWN
from qipan.spine.work.timing.when import When
from qipan.spine.work.writing import entry, moment

LABEL = "本单位自查"


def log_own(
    year: CampaignYear, *, by: Post, title: str, text: str, deadline: When, site: str = "",
    photos: Collection[Photo] = (), at: datetime | None = None,
) -> WorkItem:  # fmt: skip
    """Log a fault that one's own unit has found.

    Args:
        year: the campaign year.
        by: a head or liaison.
        title: what is wrong, in one line.
        text: what was seen.
        deadline: until when the unit wants it mended.
        site: code of the site, if it is one.
        photos: how it looks.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: this post is of no unit that handles work.
        WorkError: no title, no such site, or no deadline ahead.
    """
    county = by.unit.county
    if not LOG_OWN.allows(by, year.campaign.county):
        raise PermissionDenied
    now = moment(at)
    named = title.strip()
    if not named:
        raise WorkError(Text("请写明发现的问题。", "Say what is wrong."), "title")
    ahead(deadline.deadline, now)
    place = Site.objects.filter(county=county, code=site).first() if site else None
    if site and place is None:
        raise WorkError(Text(f"本县没有编号为“{site}”的点位。", f"The county has no site {site!r}."), "site")
    with act(actor(by), now) as noted:
        settings = take_counter(county.pk)
        refuse_closed_now(county.pk, year.year)
        until = due_by(
            clock(county.pk), now, deadline.deadline, settings, standing=deadline.cadence == STANDING
        )  # fmt: skip
        item = WorkItem.objects.create(
            county=county, year=year.year, number=number_of(now, settings), kind=Kind.ORDER, origin_kind=SELF,
            origin_label=LABEL, title_zh=named[:200], text=text.strip(), cluster=place.code if place else "",
            stratum=place.type if place else "", lead=by.unit, territory_id=place.territory_id if place else None,
            state=State.ACCEPTED, issued_at=now, accepted_at=now, due_from=until.due_from, deadline=deadline.deadline,
            deadline_text=deadline.text, calendar_gap=until.gap,
            limit=deadline.limit.amount if deadline.limit else None,
            limit_unit=deadline.limit.unit if deadline.limit else "",
        )  # fmt: skip
        settings.save(update_fields=["next_number"])
        seen = Sighting.objects.create(
            work_item=item, outcome="", text=text.strip(), seen_at=now, by_person=str(by.person)[:80],
            by_post=by.title_zh, by_unit=by.unit.code,
        )  # fmt: skip
        if photos:
            use(list(photos))
            seen.photos.add(*photos)
        LogEntry.objects.bulk_create(
            [
                entry(item, Step.ISSUED, by, now, text=item.text, data={"unit": by.unit.code}),
                entry(item, Step.ACCEPTED, by, now),
            ]
        )
        tree = branches(county.pk)
        recipients = messages.Recipients([item.lead_id, item.territory_id], messages.day_of(now), tree)
        told = recipients.of(item.lead_id)
        if item.territory_id not in {None, item.lead_id}:
            told = [*told, *recipients.of(item.territory_id, messages.LIAISON)]
        messages.tell(
            item, told, "self", messages.about(item, "本单位自查登记", "Found by the unit itself"), now, by=by
        )
        noted.note("work.self", Thing("work", item.number, item.title_zh), {"cluster": item.cluster})
        weigh(noted, by, now, [(Thing("work", item.number, item.title_zh), words) for words in (named, item.text)])
    return item
