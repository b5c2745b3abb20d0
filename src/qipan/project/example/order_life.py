"""How the example's orders are handled: accepted, fixed, reported, re-checked, some late, some twice, a few beside the rule.

It writes the rows that the acts of `spine/work` would have written, all together, since they are many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from qipan.ground.audit.journal import Thing, act
from qipan.ground.files.models import Photo
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Unit
from qipan.ground.worktime.clock import Clock, Limit
from qipan.project.example import order_words as words
from qipan.project.example.chance import fraction
from qipan.project.example.orders import OrderPlan, handled_by, hours_between, later
from qipan.project.example.units import PLANS
from qipan.project.example.world import World
from qipan.spine.work import messages
from qipan.spine.work.branches import Branches
from qipan.spine.work.limits import due, due_by
from qipan.spine.work.models import LogEntry, Sighting, State, Step, WorkItem, WorkSettings
from qipan.spine.work.opening import title_of
from qipan.spine.work.writing import entry


@dataclass(slots=True)
class Office:
    """What the telling needs: the county's clock, people and pictures, and what is written down on the way."""

    world: World
    posts: Mapping[str, Post]
    by_unit: Mapping[str, Sequence[Post]]
    units: Mapping[int, Unit]
    counted: Clock
    settings: WorkSettings
    before: Sequence[Photo]
    after: Sequence[Photo]
    moved: Mapping[UUID, dict[str, Any]]
    end: datetime
    log: list[LogEntry] = field(default_factory=list)
    log_photos: list[tuple[LogEntry, Photo]] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    notes: list[tuple[datetime, Post, str, WorkItem, dict[str, Any]]] = field(default_factory=list)
    told: list[tuple[datetime, str, WorkItem, Post, str]] = field(default_factory=list)

    def step(self, item: WorkItem, step: Step, by: Post, at: datetime, **more: Any) -> LogEntry:
        """Write a step into the log of an item."""
        written = entry(item, step, by, at, **more)
        self.log.append(written)
        return written

    def note(self, at: datetime, by: Post, verb: str, about: WorkItem, /, **details: Any) -> None:
        """Note an act for the journal."""
        self.notes.append((at, by, verb, about, details))


def tell_the_life(order: OrderPlan, office: Office) -> None:
    """Let an order live from its issue to where it stands at the end."""
    _issue(order, office)
    for fact in order.joined:
        _join(order, fact, office)
    item = order.item
    if order.who.unit is None or not handled_by(order.who.unit.code):
        return
    if order.recheck is not None:
        _round_to(order, office)
    else:
        _open_end(order, office)
    if item.state in {State.ISSUED, State.ACCEPTED}:
        _beside(order, office)


def _u(order: OrderPlan, office: Office, *what: object) -> float:
    return fraction(office.world.seed, "order life", order.key, *what)


def _handler(order: OrderPlan, office: Office) -> Post:
    held = office.by_unit[office.units[order.item.lead_id or 0].code]
    return held[0] if len(held) == 1 or _u(order, office, "who") < 0.75 else held[1]


def _issue(order: OrderPlan, office: Office) -> None:
    item, by = order.item, office.posts[order.by]
    data = {"unit": order.who.unit.code if order.who.unit else "", "why": order.who.why}
    office.step(item, Step.ISSUED, by, order.issued_at, data=data, observation=order.found.uid)
    office.sightings.append(_sighting(order, order.found, order.text))
    office.note(order.issued_at, by, "work.issue", item, item=item.item, cluster=item.cluster, lead=data["unit"])


def _sighting(order: OrderPlan, fact: Any, text: str) -> Sighting:
    return Sighting(
        work_item=order.item, observation=fact.uid, outcome=fact.outcome, text=text, seen_at=fact.observed_at,
        by_person=fact.by_person, by_post=fact.by_post, by_unit=fact.by_unit,
    )  # fmt: skip


def _join(order: OrderPlan, fact: Any, office: Office) -> None:
    item = order.item
    at = max(fact.recorded_at or fact.observed_at, order.issued_at)
    by = next(
        (post for post in office.posts.values() if str(post.person) == fact.by_person), office.posts["example-office"]
    )
    item.version += 1
    origin = [fact.source.split("/")[0], fact.source, ""]
    office.sightings.append(_sighting(order, fact, order.text))
    office.step(item, Step.JOINED, by, at, text=order.text, data={"origin": origin}, observation=fact.uid)
    office.note(at, by, "work.join", item, item=item.item, cluster=item.cluster)


def _accept(order: OrderPlan, office: Office, at: datetime) -> None:
    item, by = order.item, _handler(order, office)
    item.version, item.state, item.accepted_at = item.version + 1, State.ACCEPTED, at
    office.step(item, Step.ACCEPTED, by, at, text=words.one_of(words.ACCEPTED, office.world.seed, order.key))
    office.note(at, by, "work.accept", item, round=item.handling_round)


def _report(order: OrderPlan, office: Office, fixed: datetime, at: datetime) -> None:
    item, by = order.item, _handler(order, office)
    item.version, item.state, item.reported_at = item.version + 1, State.REPORTED, at
    title = title_of(office.world.book, item.item, None)
    office.step(item, Step.FIXED, by, min(fixed, at - timedelta(minutes=20)), recorded=at)
    written = office.step(item, Step.REPORTED, by, at, text=words.fix(item.item, title.zh))
    office.log_photos.append((written, office.after[int(_u(order, office, "picture") * len(office.after))]))
    office.note(at, by, "work.report", item, round=item.handling_round, photos=1)


def _round_to(order: OrderPlan, office: Office) -> None:
    """Handle an order so that its re-check found what it found."""
    recheck = order.recheck
    assert recheck is not None  # noqa: S101 the caller looks
    item, seen = order.item, recheck.observed_at
    hours = hours_between(office.counted, order.issued_at, seen)
    given = max(4, hours_between(office.counted, order.issued_at, item.deadline))
    in_time = _u(order, office, "in time") < 0.72
    wish = (
        given * (0.35 + 0.55 * _u(order, office, "pace"))
        if in_time
        else given * (1.1 + 1.6 * _u(order, office, "pace"))
    )
    reported = min(wish, hours - 1.2)
    accepted = min(reported * 0.2, 1 + 7 * _u(order, office, "accepted"))
    _accept(order, office, later(office.counted, order.issued_at, accepted))
    fixed = later(office.counted, order.issued_at, accepted + (reported - accepted) * 0.8)
    _report(order, office, fixed, later(office.counted, order.issued_at, reported))
    by = next(post for post in office.posts.values() if str(post.person) == recheck.by_person)
    data = {"outcome": recheck.outcome, "outcomes": {recheck.item: recheck.outcome}}
    item.version += 1
    if recheck.outcome == "pass":
        item.state, item.closed_at, item.open_key, item.moved = State.CLOSED, seen, None, office.moved.get(recheck.uid)
        text = words.one_of(words.PASSED, office.world.seed, order.key)
        office.step(item, Step.RECHECKED, by, seen, text=text, data=data, observation=recheck.uid)
        office.step(item, Step.CLOSED, by, seen, observation=recheck.uid)
        office.note(seen, by, "work.close", item, outcome=recheck.outcome, observation=str(recheck.uid))
        office.told.append((seen, "closed", item, by, ""))
        return
    text = words.one_of(words.FAILED, office.world.seed, order.key)
    office.step(item, Step.FAILED, by, seen, text=text, data=data, observation=recheck.uid)
    office.note(seen, by, "work.fail", item, outcome=recheck.outcome, observation=str(recheck.uid))
    office.told.append((seen, "failed", item, by, text))
    item.state, item.reported_at, item.handling_round = State.ACCEPTED, None, item.handling_round + 1
    left = hours_between(office.counted, seen, office.end)
    if left > 20 and _u(order, office, "again") < 0.5:
        spent = left * (0.3 + 0.6 * _u(order, office, "again when"))
        fixed = later(office.counted, seen, spent - 3)
        _report(order, office, fixed, later(office.counted, seen, spent))


def _open_end(order: OrderPlan, office: Office) -> None:
    """Handle an order that nobody has re-checked, as far as its unit has come."""
    lead = PLANS[office.units[order.item.lead_id or 0].code]
    left = hours_between(office.counted, order.issued_at, office.end)
    u = _u(order, office, "how far")
    if left < 3 or u < 0.16:
        return
    accepted = min(1 + 10 * _u(order, office, "accepted"), left - 1)
    _accept(order, office, later(office.counted, order.issued_at, accepted))
    if u < 0.16 + 0.62 * (1 - lead.diligence):
        return
    reported = accepted + (4 + 30 * _u(order, office, "pace"))
    if reported < left - 1:
        fixed = later(office.counted, order.issued_at, reported - 2)
        _report(order, office, fixed, later(office.counted, order.issued_at, reported))


def _beside(order: OrderPlan, office: Office) -> None:
    """Let something happen beside the chain: a note, another deadline, another unit, an instruction, an end."""
    item, u = order.item, _u(order, office, "beside")
    left = hours_between(office.counted, item.accepted_at or order.issued_at, office.end)
    if left < 12:
        return
    at = later(office.counted, item.accepted_at or order.issued_at, left * 0.9)
    late = item.deadline < office.end
    clerk = office.posts["example-office"]
    if u < 0.03:
        item.version, item.state, item.closed_at, item.open_key = item.version + 1, State.CANCELLED, at, None
        office.step(item, Step.CANCELLED, clerk, at, text=words.one_of(words.CANCELLED, order.key))
        office.note(at, clerk, "work.cancel", item)
    elif u < 0.08 and item.state == State.ACCEPTED and item.territory_id not in {None, item.lead_id}:
        _reassign(order, office, clerk, at)
    elif u < 0.34 and late and item.state == State.ACCEPTED:
        days = 1 + int(6 * _u(order, office, "days"))
        until = office.counted.deadline(office.end, Limit(days, "working_day")).at
        data = {"from": item.deadline.isoformat(), "to": until.isoformat()}
        new = due_by(office.counted, item.issued_at, until, office.settings)
        item.version, item.deadline, item.due_from = item.version + 1, until, new.due_from
        office.step(item, Step.DEADLINE, clerk, at, text=words.EXTENDED, data=data)
        office.note(at, clerk, "work.deadline", item, **data)
        office.told.append((at, "deadline", item, clerk, messages.said(until).zh))
    elif u < 0.42 and late:
        leader = office.posts["example-leader" if u < 0.39 else "example-mayor"]
        text = words.INSTRUCTIONS[1] if item.safety else words.one_of(words.INSTRUCTIONS, order.key)
        item.version, item.instructed_at = item.version + 1, at
        office.step(item, Step.INSTRUCTED, leader, at, text=text)
        office.note(at, leader, "work.instruct", item)
        office.told.append((at, "instructed", item, leader, text))
    elif u < 0.52 and item.state == State.ACCEPTED:
        by = _handler(order, office)
        item.version += 1
        office.step(item, Step.NOTED, by, at, text=words.one_of(words.NOTES, order.key))
        office.note(at, by, "work.note", item)


def _reassign(order: OrderPlan, office: Office, clerk: Post, at: datetime) -> None:
    item = order.item
    old, new = office.units[item.lead_id or 0], office.units[item.territory_id or 0]
    until = due(office.counted, at, Limit(item.limit or 5, item.limit_unit or "working_day"), office.settings, None)
    item.version, item.state, item.accepted_at, item.lead = item.version + 1, State.ISSUED, None, new
    item.deadline, item.due_from, item.calendar_gap = until.deadline, until.due_from, until.gap
    data = {"from": old.code, "to": new.code}
    office.step(item, Step.REASSIGNED, clerk, at, text=words.REASSIGNED, data=data)
    office.note(at, clerk, "work.reassign", item, **data)


def keep(orders: Sequence[OrderPlan], office: Office) -> None:
    """Store all that was written, the journal and the messages with it."""
    WorkItem.objects.bulk_create([order.item for order in orders], batch_size=200)
    Sighting.objects.bulk_create(office.sightings, batch_size=500)
    LogEntry.objects.bulk_create(sorted(office.log, key=lambda one: one.recorded_at), batch_size=500)
    seen, log = Sighting.photos.through, LogEntry.photos.through
    seen.objects.bulk_create(
        [
            seen(sighting_id=one.pk, photo_id=office.before[one.pk % len(office.before)].pk)
            for one in office.sightings
            if not one.by_post.startswith("居民")
        ],
        batch_size=500,
    )
    log.objects.bulk_create(
        [log(logentry_id=one.pk, photo_id=photo.pk) for one, photo in office.log_photos], batch_size=500
    )
    # One act around all of them, so that the chain is carried on once.
    with act(actor(office.posts["example-office"]), office.end):
        for at, by, verb, item, details in sorted(office.notes, key=lambda one: one[0]):
            with act(actor(by), at) as noted:
                noted.note(verb, Thing("work", item.number, item.title_zh), details)


def tell(orders: Sequence[OrderPlan], office: Office, tree: Branches) -> None:
    """Fill the inboxes, each message with its act; what is older than a few days has been read."""
    units = {unit for order in orders for unit in (order.item.lead_id, order.item.territory_id)}
    recipients = messages.Recipients(units, messages.day_of(office.end), tree)
    acts: list[tuple[datetime, str, list[WorkItem], Post, str]] = []
    groups: dict[tuple[datetime, str], list[OrderPlan]] = {}
    for order in orders:
        groups.setdefault((order.issued_at, order.by), []).append(order)
    acts += [(at, "issued", [one.item for one in group], office.posts[by], "") for (at, by), group in groups.items()]
    acts += [(at, kind, [item], by, text) for at, kind, item, by, text in office.told]
    eyes = [post for post in office.posts.values() if post.role in {"inspector", "office"}]
    for order in orders:
        if order.item.state == State.REPORTED and order.item.reported_at:
            acts.append((order.item.reported_at, "reported", [order.item], _handler(order, office), ""))
    for at, kind, items, by, text in sorted(acts, key=lambda one: one[0]):
        lead = recipients.of(items[0].lead_id)
        match kind:
            case "issued":
                messages.issued(items, recipients, at, by)
            case "reported":
                messages.tell(
                    items[0],
                    eyes,
                    kind,
                    messages.about(items[0], "已反馈，待复查", "Reported, waits for a re-check"),
                    at,
                )
            case "closed":
                messages.tell(
                    items[0], lead, kind, messages.about(items[0], "复查通过，已销号", "Re-checked and closed"), at
                )
            case "failed":
                messages.tell(
                    items[0], lead, kind, messages.about(items[0], f"复查不通过，{text}", "The re-check failed"), at
                )
            case "deadline":
                messages.tell(items[0], lead, kind, messages.about(items[0], f"时限改为{text}", "New deadline"), at)
            case "instructed":
                messages.tell(
                    items[0], lead, kind, messages.about(items[0], f"领导批示：{text}", "Instruction by a leader"), at
                )


READ_AFTER = timedelta(hours=3)
UNREAD_FOR = timedelta(days=4)
