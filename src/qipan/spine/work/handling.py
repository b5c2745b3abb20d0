"""How a unit's word comes in: accepted and reported by someone at the unit's own desk, by a link, or on its behalf.

The rules are the same whichever way it comes: stage, version, photo, moment of the fix. Whichever way, the log names
the unit, so that independence holds; `Hand.person` is who answers for the entry and cannot re-check the item.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Actor, act
from qipan.ground.files.models import Photo
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.spine.work import messages
from qipan.spine.work.acting import ready, tell_lead, thing
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lapsing import lapse
from qipan.spine.work.lifecycle import Action
from qipan.spine.work.lightness.photo_rules import DRAW, draw_of
from qipan.spine.work.models import Kind, LogEntry, Sighting, State, Step, WorkItem
from qipan.spine.work.parts import missing_parts
from qipan.spine.work.writing import entry, hang, write

LINK, BEHALF = "link", "behalf"
"""Ways beside the unit's own desk, as `WorkItem.came_by` and the log's `by` keep them."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose word it is, and how it came.

    Attributes:
        actor: as the journal has it.
        person: who answers for the entry: the holder of the post, who issued the link, who entered it on behalf.
        name: who spoke for the unit.
        post: under which post.
        unit: code of the unit whose word it is.
        way: "" for the unit's own desk, else LINK or BEHALF.
        data: what the log keeps of the way (JSON), and the journal too: nothing personal.
        by: the post, where one acts.
    """

    actor: Actor
    person: int | None
    name: str
    post: str
    unit: str
    way: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    by: Post | None = None


def hand_of(by: Post) -> Hand:
    """Return a post that acts for its own unit."""
    return Hand(actor(by), by.person_id, str(by.person), by.title_zh, by.unit.code, by=by)


def _entry(item: WorkItem, step: Step, hand: Hand, at: datetime, **more: Any) -> LogEntry:
    """Return an entry of the log in the name of the unit."""
    data = {**more.pop("data", {}), **({"by": hand.way, **hand.data} if hand.way else {})}
    made = entry(item, step, None, at, data=data, **more)
    made.person, made.by_person, made.by_post, made.by_unit = hand.person, hand.name[:80], hand.post[:120], hand.unit
    return made


def _noted(hand: Hand, details: dict[str, Any]) -> dict[str, Any]:
    return details | ({"by": hand.way, **hand.data} if hand.way else {})


def take_on(item: WorkItem, version: int, hand: Hand, now: datetime, *, named: Any = None, text: str = "") -> WorkItem:
    """Accept an item for its lead unit.

    Raises:
        StageMissing, Stale, WorkError: it cannot be accepted now.
    """
    ready(item, version, Action.ACCEPT)
    with act(hand.actor, now) as noted:
        data = {"person": str(named)} if named else {}
        write(
            item, version, [_entry(item, Step.ACCEPTED, hand, now, text=text.strip(), data=data)],
            state=State.ACCEPTED, accepted_at=now, came_by=hand.way, **({"person_id": named.pk} if named else {}),
        )  # fmt: skip
        noted.note("work.accept", thing(item), _noted(hand, {"round": item.handling_round}))
        _told(item, hand, now, "签收", "accepted")
    return item


def put_right(
    item: WorkItem, version: int, hand: Hand, now: datetime, *, text: str, fixed_at: datetime,
    photos: Collection[Photo] = (), without: str = "",
) -> WorkItem:  # fmt: skip
    """Report a fix for the lead unit: what was done, when, and at a site a photo of it.

    Raises:
        StageMissing, Stale, WorkError: it cannot be reported so, now.
    """
    ready(item, version, Action.REPORT)
    done = text.strip()
    if not done:
        raise WorkError(Text("请写明整改情况。", "Say what was done."), "text")
    if needs_photo(item) and not photos:
        raise WorkError(
            Text("点位问题须附至少一张整改后照片。", "At a site, at least one photo of how it looks now is needed."),
            "photos",
        )
    fixed_at = _fixed(item, fixed_at, now)
    lacking, why = missing_parts(item), without.strip()
    if lacking and not why:
        zh, en = (
            "、".join(unit.name_zh for unit in lacking),
            ", ".join(unit.name_en or unit.name_zh for unit in lacking),
        )
        raise WorkError(
            Text(
                f"配合单位（{zh}）尚未反馈；请说明原因。", f"Parts are missing ({en}): say why it is reported without."
            ),
            "without",
        )
    with act(hand.actor, now) as noted:
        lapsed, changes = lapse(item, hand.by, now)
        fixed = _entry(item, Step.FIXED, hand, fixed_at, recorded=now)
        data = {"without": [unit.code for unit in lacking], "why": why} if lacking else {}
        draw = draw_of(item, now) if photos else None
        reported = _entry(item, Step.REPORTED, hand, now, text=done, data={**data, **({DRAW: draw} if draw else {})})
        write(
            item, version, [*lapsed, fixed, reported],
            **{
                **changes, "state": State.REPORTED, "reported_at": now, "came_by": hand.way,
                "photo_recheck": draw is not None and not draw["site"],
            },
        )  # fmt: skip
        hang(reported, photos)
        noted.note("work.report", thing(item), _noted(hand, {"round": item.handling_round, "photos": len(photos)}))
        who = messages.eyes(item, now)
        messages.tell(
            item, who, "reported", messages.about(item, "已反馈，待复查", "Reported, waits for a re-check"), now
        )
        _told(item, hand, now, "反馈", "reported")
    return item


def needs_photo(item: WorkItem) -> bool:
    """Whether a report of an item needs a photo: an order at a site does."""
    return item.kind == Kind.ORDER and item.cluster not in {"", "-"}


def _told(item: WorkItem, hand: Hand, now: datetime, zh: str, en: str) -> None:
    """Tell the unit's own people what was said in its name."""
    if hand.way:
        how = Text("凭办理链接", "by its link") if hand.way == LINK else Text("由代录", "on its behalf")
        words = messages.about(item, f"已{how.zh}为贵单位{zh}", f"{en.capitalize()} for your unit {how.en}")
        tell_lead(item, "spoken_for", words, now, hand.by)


def _fixed(item: WorkItem, fixed_at: datetime, now: datetime) -> datetime:
    """Return when it was fixed: not ahead, and not before it was found."""
    if fixed_at > now:
        raise WorkError(Text("整改时间不能晚于现在。", "The fix cannot lie ahead."), "fixed_at")
    since = found_at(item)
    # People give minutes: a fix in the minute of the finding came after it.
    if fixed_at < since.replace(second=0, microsecond=0):
        raise WorkError(
            Text(
                f"整改时间不能早于问题发现时间（{messages.said(since).zh}）。",
                f"The fix cannot lie before the finding ({messages.said(since).en}).",
            ),
            "fixed_at",
        )
    return max(fixed_at, since)


def found_at(item: WorkItem) -> datetime:
    """Return the moment before which no fix can lie: the first finding, or in a later round the failed re-check."""
    failed = item.log.filter(step__in=(Step.FAILED, Step.REOPENED)).order_by("-id").first()
    if failed is not None:
        return failed.at
    seen = Sighting.objects.filter(work_item=item).order_by("seen_at").first()
    return min(seen.seen_at, item.issued_at) if seen is not None else item.issued_at
