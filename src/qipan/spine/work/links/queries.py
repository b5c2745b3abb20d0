"""What can be asked about links: the one of a token with what its page shows, and those of an item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.files.models import Photo
from qipan.ground.files.queries import Content, Picture, pictured
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post
from qipan.ground.units.tokens import digest_of, token_of
from qipan.spine.work.handling import found_at, needs_photo
from qipan.spine.work.links.models import SALT, HandlingLink
from qipan.spine.work.links.permissions import may_enter, may_give
from qipan.spine.work.links.standing import GOOD, Standing, standing_of
from qipan.spine.work.models import State, Step, WorkItem
from qipan.spine.work.parts import missing_parts


@dataclass(frozen=True, slots=True)
class LinkPage:
    """All that the holder of a link is shown: one item, and nothing else of the county."""

    link: HandlingLink
    standing: Standing
    county: Text
    unit: Text
    number: str
    version: int
    title: Text
    text: str
    place: Text
    address: str
    deadline: datetime
    issued_at: datetime
    found_at: datetime
    needs_photo: bool
    photos: tuple[Picture, ...]
    again: str
    missing: tuple[Text, ...]
    until: datetime
    issued_by: str
    reported_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def is_good(self) -> bool:
        """Whether something can be done by it."""
        return self.standing in GOOD


def link_of(token: str) -> HandlingLink | None:
    """Return the link of a token; None where there is none."""
    found = HandlingLink.objects.select_related("unit__county", "work_item")
    return found.filter(digest=digest_of(token)).first()


def link_page(link: HandlingLink, now: datetime | None = None) -> LinkPage:
    """Return what the page of a link shows; of a link that is good for nothing only why."""
    moment = now or timezone.now()
    item = WorkItem.objects.select_related("lead", "county").get(pk=link.work_item_id)
    standing = standing_of(link, item, moment)
    good = standing in GOOD
    site = Site.objects.filter(county_id=item.county_id, code=item.cluster).first() if good and item.cluster else None
    first = item.sightings.order_by("id").first() if good else None
    failed = item.log.filter(step=Step.FAILED).order_by("-id").first() if good else None
    return LinkPage(
        link=link, standing=standing, county=item.county.name, unit=link.unit.name, number=item.number,
        version=item.version, title=item.title if good else Text(), text=item.text if good else "",
        place=site.name if site else Text(), address=site.address if site else "", deadline=item.deadline,
        issued_at=item.issued_at, found_at=found_at(item) if good else item.issued_at, needs_photo=needs_photo(item),
        photos=tuple(pictured(photo) for photo in first.photos.all()) if first is not None else (),
        again=failed.text if failed is not None else "",
        missing=tuple(unit.name for unit in missing_parts(item)) if good else (),
        until=link.until, issued_by=link.by_post, reported_at=link.reported_at, withdrawn_at=link.withdrawn_at,
    )  # fmt: skip


def author_of(link: HandlingLink) -> str:
    """Return under which name the photos of a link are kept."""
    return f"link-{link.pk}"


def photo_by_link(link: HandlingLink, uid: UUID, kind: str) -> Content | None:
    """Return a copy of a photo that a link shows: one of what was found, or one that was sent by it."""
    if kind not in {"shown", "thumbnail"} or not link_page(link).is_good:
        return None
    shown = Q(pk__in=link.work_item.sightings.values("photos")) | Q(added_by_person=author_of(link))
    photo = Photo.objects.filter(shown, county_id=link.unit.county_id, uid=uid).first()
    return Content.of(photo, kind) if photo is not None else None


def kept_by_link(link: HandlingLink, uids: Sequence[str]) -> list[Photo]:
    """Return, of photos that a form carries along, those that this link has sent."""
    wanted = []
    for each in uids:
        try:
            wanted.append(UUID(each))
        except ValueError:
            continue
    mine = Photo.objects.filter(added_by_person=author_of(link), county_id=link.unit.county_id, uid__in=wanted)
    found = {photo.uid: photo for photo in mine}
    return [found[uid] for uid in dict.fromkeys(wanted) if uid in found]


@dataclass(frozen=True, slots=True)
class GivenLink:
    """The latest link of an item, as the office sees it. `token` only while it is good and can be made again."""

    unit: Text
    standing: Standing
    issued_at: datetime
    until: datetime
    issued_by: str
    by_person: str
    accepted_at: datetime | None
    reported_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str
    token: str = ""

    @property
    def is_good(self) -> bool:
        """Whether something can be done by it."""
        return self.standing in GOOD


@dataclass(frozen=True, slots=True)
class LinksOf:
    """What a post can do beside the unit's own desk: give a link, enter a reply; and the latest link."""

    may_give: bool
    may_enter: bool
    latest: GivenLink | None


def links_of(post: Post, pk: int, now: datetime | None = None) -> LinksOf:
    """Return the link of an item and what a post may do with it; those who may not give one see none."""
    moment = now or timezone.now()
    item = WorkItem.objects.select_related("lead", "county").get(pk=pk)
    gives = may_give(post, item)
    open_ = item.lead_id is not None and item.state in {State.ISSUED, State.ACCEPTED}
    latest = item.links.select_related("unit").first() if gives else None
    return LinksOf(gives and open_, may_enter(post, item) and open_, _given(latest, item, moment) if latest else None)


def _given(link: HandlingLink, item: WorkItem, now: datetime) -> GivenLink:
    standing = standing_of(link, item, now)
    token = token_of(SALT, link.uid) if standing in GOOD else ""
    if token and digest_of(token) != link.digest:
        # The secret key is another than when it was issued: slips in people's hands still work, this one cannot be made.
        token = ""
    return GivenLink(
        link.unit.name, standing, link.issued_at, link.until, link.by_post, link.by_person, link.accepted_at,
        link.reported_at, link.withdrawn_at, link.withdrawn_by, token,
    )  # fmt: skip
