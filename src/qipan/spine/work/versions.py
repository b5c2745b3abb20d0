"""The versions of a work item: what it was after each step of its log."""

from __future__ import annotations

from datetime import datetime

from qipan.ground.audit.history import Version
from qipan.ground.units.models import Post, Unit
from qipan.ground.worktime.queries import clock
from qipan.spine.work.models import WorkItem
from qipan.spine.work.permissions import SEE
from qipan.spine.work.replay import UNKNOWN, Logged, replay

FIELDS = (
    "state", "round", "lead", "deadline", "own_deadline", "accepted_at", "reported_at", "closed_at", "held_since", "merged_into",
)  # fmt: skip


def item_versions(post: Post, number: str) -> list[Version] | None:
    """Return the versions of an item that a post sees, the oldest first; None where there is none for it."""
    item = WorkItem.objects.filter(SEE.visible(post), number=number).first()
    if item is None:
        return None
    units = dict(Unit.objects.filter(county_id=item.county_id).values_list("code", "name_zh"))
    zone = clock(item.county_id).zone
    log: list[Logged] = []
    out: list[Version] = []
    before: dict[str, str] = {}
    for place, one in enumerate(item.log.order_by("id"), 1):
        log.append(Logged(one.pk, one.step, one.handling_round, one.at, one.data))
        found = replay(log)
        values = {}
        for name in FIELDS:
            value = getattr(found, name)
            if isinstance(value, datetime):
                value = f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
            values[name] = "" if value is None else units.get(value, str(value)) if name == "lead" else str(value)
            if value == UNKNOWN:
                values[name] = "?"
        if one.text:
            values["text"] = one.text
        changed = tuple(name for name, value in values.items() if value != before.get(name, ""))
        out.append(Version(place, one.at, one.by_person, one.by_post, f"step.{one.step}", changed, values))
        before = values
    return out
