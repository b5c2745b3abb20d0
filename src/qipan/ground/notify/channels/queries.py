"""What the office is shown of channels and of what was sent: everything but addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Count, Q

from qipan.assessment.text import Text
from qipan.ground.notify.channels.models import Channel, Delivery
from qipan.ground.units.models import County

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A channel without its address."""

    pk: int
    kind: str
    name: str
    unit: Text | None
    unit_code: str
    language: str
    is_active: bool
    has_address: bool
    entered_at: datetime
    version: int
    waiting: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    """A message and what became of it."""

    channel: str
    kind: str
    state: str
    words: str
    made_at: datetime
    next_at: datetime
    ended_at: datetime | None
    attempts: int
    error: str


def channels(county: County) -> list[ShownChannel]:
    """Return the channels of a county (one statement)."""
    found = Channel.objects.filter(county=county).select_related("unit")
    waiting = Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING))
    failed = Count("deliveries", filter=Q(deliveries__state=Delivery.State.FAILED))
    return [_shown(each) for each in found.annotate(waiting=waiting, failed=failed)]


def channel(county: County, pk: int) -> ShownChannel | None:
    """Return one channel of a county."""
    found = Channel.objects.filter(county=county, pk=pk).select_related("unit").first()
    return _shown(found) if found is not None else None


def _shown(each: Channel) -> ShownChannel:
    unit = each.unit
    return ShownChannel(
        each.pk, each.kind, each.name, unit.name if unit else None, unit.code if unit else "", each.language, each.is_active,
        bool(each.address), each.entered_at, each.version, getattr(each, "waiting", 0), getattr(each, "failed", 0),
    )  # fmt: skip


def deliveries(
    county: County, *, state: str = "", channel: int = 0, page: int = 1
) -> tuple[list[ShownDelivery], Paginator]:
    """Return a page of what was sent, newest first (two statements)."""
    found = Delivery.objects.filter(channel__county=county).select_related("channel")
    if state:
        found = found.filter(state=state)
    if channel:
        found = found.filter(channel_id=channel)
    paginator = Paginator(found, PER_PAGE)
    rows = [
        ShownDelivery(
            each.channel.name, each.kind, each.state, each.words, each.made_at, each.next_at, each.ended_at,
            each.attempts, each.error,
        )
        for each in paginator.get_page(page)
    ]  # fmt: skip
    return rows, paginator
